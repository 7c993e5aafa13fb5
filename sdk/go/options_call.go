package netstacks

import (
	"net/url"
	"strconv"
)

// What a call may be given. Each is accepted by the calls that know it, which the
// compiler checks.
type (
	// ListOption narrows [Client.ListDevices]: [Org], [DeviceType], [Limit], [Offset].
	ListOption interface{ list(url.Values) }
	// AllOption narrows [Client.AllDevices]: [Org], [DeviceType], [PageSize].
	AllOption interface{ all(*pages) }
	// SearchOption narrows [Client.SearchKnowledge]: [Org], [Limit].
	SearchOption interface{ search(url.Values) }
	// ChatOption is for [Client.Chat]: [Model], [Temperature], [MaxTokens], [Org].
	ChatOption interface{ chat(map[string]any) }
	// DocumentOption is for [Client.CreateDocument]: [Source], [URL], [Metadata], [Org].
	DocumentOption interface{ document(map[string]any) }
)

type (
	// Org is the id of the organisation that a call is about. Without it, lists are
	// of every organisation, and the rest is of the token's.
	Org string
	// DeviceType lets only devices of exactly this type pass.
	DeviceType string
	// Limit bounds the number of devices (1 to 1000) or of passages (1 to 100, 10
	// when not given).
	Limit int
	// Offset leaves out so many devices from the start.
	Offset int
	// PageSize is how many devices are asked for at a time: 1 to 1000, 100 when not
	// given.
	PageSize int

	// Model is the name of the language model. Without it the Controller chooses.
	Model string
	// Temperature is from 0, the same answer each time, to 2.
	Temperature float64
	// MaxTokens bounds the length of the answer.
	MaxTokens int

	// Source is where a document comes from.
	Source string
	// URL is where a document can be read.
	URL string
	// Metadata is anything else that should stay with a document.
	Metadata map[string]any
)

func (o Org) list(q url.Values)         { q.Set("org_id", string(o)) }
func (o Org) all(p *pages)              { p.filters.Set("org_id", string(o)) }
func (o Org) search(q url.Values)       { q.Set("org_id", string(o)) }
func (o Org) chat(b map[string]any)     { b["org_id"] = string(o) }
func (o Org) document(b map[string]any) { b["org_id"] = string(o) }

func (d DeviceType) list(q url.Values) { q.Set("device_type", string(d)) }
func (d DeviceType) all(p *pages)      { p.filters.Set("device_type", string(d)) }

func (l Limit) list(q url.Values)   { q.Set("limit", strconv.Itoa(int(l))) }
func (l Limit) search(q url.Values) { q.Set("limit", strconv.Itoa(int(l))) }

func (o Offset) list(q url.Values) { q.Set("offset", strconv.Itoa(int(o))) }

func (s PageSize) all(p *pages) { p.size = int(s) }

func (m Model) chat(b map[string]any)       { b["model"] = string(m) }
func (t Temperature) chat(b map[string]any) { b["temperature"] = float64(t) }
func (m MaxTokens) chat(b map[string]any)   { b["max_tokens"] = int(m) }

func (s Source) document(b map[string]any)   { b["source"] = string(s) }
func (u URL) document(b map[string]any)      { b["url"] = string(u) }
func (m Metadata) document(b map[string]any) { b["metadata"] = m }
