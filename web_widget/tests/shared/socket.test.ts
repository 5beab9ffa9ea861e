import { expect, it } from "vitest";
import { socketUrl } from "../../src/shared/socket";

it("turns an address into that of a socket", () => {
  expect(socketUrl("/ws/customer", "https://help.example/widget/v1.js")).toBe("wss://help.example/ws/customer");
  expect(socketUrl("/ws/agent", "http://127.0.0.1:8080/console")).toBe("ws://127.0.0.1:8080/ws/agent");
});
