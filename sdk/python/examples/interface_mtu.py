"""Sets the MTU of an interface over gNMI and reads it back, without an event loop."""

import sys

from netstacks_sdk import GnmiUpdate, NetStacksError, NetStacksSyncClient

PATH = "/interfaces/interface[name=Ethernet1]/config/mtu"


def main() -> None:
    """Take the id of a device from the command line."""
    if len(sys.argv) != 2:  # noqa: PLR2004 (the program and the id)
        sys.exit("usage: interface_mtu.py DEVICE_ID")
    device_id = sys.argv[1]
    try:
        with NetStacksSyncClient(timeout=60.0) as client:
            client.gnmi.execute(device_id, "set", updates=[GnmiUpdate(path=PATH, value=9100)])
            answer = client.gnmi.execute(device_id, "get", paths=[PATH])
    except NetStacksError as error:
        sys.exit(str(error))
    for notification in answer.notifications:
        print(f"{notification.path} is {notification.value}")


main()
