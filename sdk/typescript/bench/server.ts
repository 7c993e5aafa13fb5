/** Answers 50 devices to everything, and tells its parent on request how many connections it has and had. */
import http from "node:http";
import type { AddressInfo } from "node:net";

const devices = Array.from({ length: 50 }, (_, index) => ({
  id: `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
  org_id: "e168ceaa-dc72-4742-8f6f-f3a822fa8132",
  name: `device-${String(index)}`,
  hostname: `device-${String(index)}.hel.acme.example`,
  port: 22,
  device_type: "router",
  manufacturer: "Cisco",
  model: "ASR 1001-X",
  platform: "cisco_iosxe",
  site: "Helsinki",
  source: "netbox",
  default_credential_id: "660e8400-e29b-41d4-a716-446655440001",
  created_at: "2025-02-03T08:15:00Z",
  updated_at: "2026-05-11T06:40:12Z",
}));
const body = Buffer.from(JSON.stringify(devices));

let open = 0;
let most = 0;
const server = http.createServer((_request, response) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": body.length });
  response.end(body);
});
server.on("connection", (socket) => {
  open++;
  most = Math.max(most, open);
  socket.on("close", () => open--);
});
server.listen(0, "127.0.0.1", () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});
process.on("message", () => process.send?.({ open, most }));
process.on("disconnect", () => process.exit());
