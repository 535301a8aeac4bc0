// A WebSocket server that sends back what it gets. Argument: the folder of the package `ws`.
const { WebSocketServer } = require(process.argv[1]);
const server = new WebSocketServer({ host: "127.0.0.1", port: 0 }, () => {
  console.log("port=" + server.address().port);
});
server.on("connection", (socket) => {
  socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
});
