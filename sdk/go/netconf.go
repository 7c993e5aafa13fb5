package netstacks

import "context"

// NETCONFOperation is what is done with a device.
type NETCONFOperation string

// The operations of the contract.
const (
	NETCONFGet        NETCONFOperation = "get"
	NETCONFGetConfig  NETCONFOperation = "get-config"
	NETCONFEditConfig NETCONFOperation = "edit-config" // needs Config
	NETCONFRPC        NETCONFOperation = "rpc"         // needs RPC
)

// NETCONFRequest is a NETCONF operation. A field that is zero is not sent.
type NETCONFRequest struct {
	DeviceID  string           `json:"device_id"`
	Operation NETCONFOperation `json:"operation"`
	// Target is the datastore: "running", the default, "candidate" or "startup".
	Target string `json:"target,omitzero"`
	// Filter narrows what is read to a subtree, as XML.
	Filter string `json:"filter,omitzero"`
	// Config is what NETCONFEditConfig merges, as XML.
	Config string `json:"config,omitzero"`
	// RPC is the body of NETCONFRPC, as XML.
	RPC string `json:"rpc,omitzero"`
}

// NETCONFResponse is what the device answered.
type NETCONFResponse struct {
	DeviceID  string           `json:"device_id"`
	Operation NETCONFOperation `json:"operation"`
	// OK is false where the device refused; its rpc-error is then in Data.
	OK bool `json:"ok"`
	// Data is XML, or "".
	Data string `json:"data,omitzero"`
}

// ExecuteNETCONF executes a NETCONF operation against a device. What the device
// refuses is an answer (see [NETCONFResponse]) and no error. It needs the capability
// execute_netconf.
func (c *Client) ExecuteNETCONF(ctx context.Context, request NETCONFRequest) (NETCONFResponse, error) {
	if err := givenID("device_id", request.DeviceID); err != nil {
		return NETCONFResponse{}, err
	}
	return post[NETCONFResponse](ctx, c, "/netconf/execute", request)
}
