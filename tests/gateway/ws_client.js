// Exchanges texts, bytes, a large message and a ping with an echo server. Arguments: the folder of `ws`, the URL.
const WebSocket = require(process.argv[1]);
const socket = new WebSocket(process.argv[2], { perMessageDeflate: false });
const said = ["hello", Buffer.from([0, 255, 13, 10]), "x".repeat(4 << 20), "GET / HTTP/1.1\r\n\r\n"];
let heard = 0;
const fail = (why) => { console.error(why); process.exit(1); };
socket.on("error", (error) => fail(error.message));
socket.on("open", () => socket.send(said[0]));
socket.on("message", (data) => {
  if (!Buffer.from(said[heard]).equals(data)) fail("message " + heard + " has changed");
  heard += 1;
  if (heard < said.length) socket.send(said[heard]);
  else socket.ping("are you there");
});
socket.on("pong", (data) => {
  if (data.toString() !== "are you there") fail("pong: " + data);
  socket.close(1000, "bye");
});
socket.on("close", (code) => (code === 1000 ? console.log("done") : fail("closed with " + code)));
