"""Servers on loopback that answer byte for byte what a test says, also what no honest server sends."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Handler = Callable[[socket.socket, str], None]
"""Gets the connection and the head of the request; whatever it does not send is never sent."""


class Server:
    """`hello`: sent before anything is read. With a context it speaks TLS."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self._context = context
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.hello = b""
        self.handler: Handler = lambda connection, head: None
        self.heads: list[str] = []
        self.connections = 0
        self.stopped = threading.Event()
        self._waiting = threading.Thread(target=self._serve, daemon=True)
        self._waiting.start()

    @property
    def address(self) -> tuple[str, int]:
        return ("127.0.0.1", self.port)

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def close(self) -> None:
        """A socket that somebody waits on goes on listening when it is closed; one that is shut down does not."""
        self.stopped.set()
        self._listening.shutdown(socket.SHUT_RDWR)
        self._waiting.join()
        self._listening.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._handle, args=(connection,), daemon=True).start()

    def _secured(self, connection: socket.socket) -> socket.socket:
        try:
            return self._context.wrap_socket(connection, server_side=True) if self._context else connection
        except OSError:
            connection.close()
            raise

    def _handle(self, plain: socket.socket) -> None:
        head = b""
        with suppress(OSError), self._secured(plain) as connection:
            connection.sendall(self.hello)
            while b"\r\n\r\n" not in head:
                piece = connection.recv(65536)
                if not piece:
                    return
                head += piece
            self.heads.append(head.decode("latin-1"))
            self.handler(connection, self.heads[-1])


@contextmanager
def server(context: ssl.SSLContext | None = None) -> Iterator[Server]:
    one = Server(context)
    try:
        yield one
    finally:
        one.close()


def answering(body: bytes = b"", status: str = "200 OK", **headers: str) -> Handler:
    """`headers`: names with _ for -; the length is added unless it is given."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{name}: {value}" for name, value in ({"Content-Length": str(len(body))} | given).items()]
    whole = f"HTTP/1.1 {status}\r\n".encode() + "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body

    def handle(connection: socket.socket, head: str) -> None:
        connection.sendall(whole)

    return handle
