/**
 * Tells the host name of every router and switch, page by page, and stops at Ctrl+C or after a minute.
 *
 *     eval "$(netstacks-plugin controller token --capability read_devices --capability execute_gnmi)"
 *     npx tsx examples/inventory.mts
 */
import { NetStacksClient, NetStacksError } from "@netstacks/sdk";

const cancel = new AbortController();
process.once("SIGINT", () => {
  cancel.abort(new Error("interrupted"));
});
setTimeout(() => {
  cancel.abort(new Error("a minute is over"));
}, 60_000).unref();
const { signal } = cancel;

const client = new NetStacksClient({ timeout: 5_000 });
const path = "/system/state/hostname";
for await (const device of client.devices.all({ pageSize: 20, signal })) {
  try {
    const { notifications } = await client.gnmi.execute(
      { deviceId: device.id, operation: "get", paths: [path] },
      { signal },
    );
    console.log(`${device.name}: ${JSON.stringify(notifications[0]?.value ?? "unknown")}`);
  } catch (error) {
    if (!(error instanceof NetStacksError)) {
      throw error;
    }
    console.log(`${device.name}: ${error.message}`);
  }
}
client.close();
