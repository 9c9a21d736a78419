"""A browser's manners without a browser: keep-alive connections that ask for one page again and again.

`python -m bench.client PORT PATH COUNT CONNECTIONS` prints JSON: seconds, p99_ms, bytes. `{n}` in the path is another number
each time.
"""

import itertools
import json
import socket
import sys
import threading
import time

ASK = "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: text/html\r\nAccept-Language: en\r\n\r\n"


class Connection:
    """One kept connection on loopback."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> int:
        """Returns the bytes of the body. Raises ValueError for any answer but 200."""
        self.socket.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self._more()
        head, _end, body = answer.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        if " 200 " not in lines[0]:
            raise ValueError(lines[0])
        length = next(int(line.partition(":")[2]) for line in lines if line.lower().startswith("content-length:"))
        missing = length - len(body)
        while missing > 0:
            missing -= len(self._more())
        return length

    def _more(self) -> bytes:
        data = self.socket.recv(65536)
        if not data:
            raise ValueError("the server closed the connection")
        return data


def load(port: int, path: str, count: int, connections: int) -> dict[str, float]:
    numbers = itertools.count(time.monotonic_ns())
    taken: list[float] = []
    sizes: list[int] = []

    def visit() -> None:
        connection = Connection(port)
        for _turn in range(count // connections):
            request = ASK.format(path=path.replace("{n}", str(next(numbers))), port=port).encode()
            began = time.perf_counter()
            sizes.append(connection.ask(request))
            taken.append(time.perf_counter() - began)

    threads = [threading.Thread(target=visit) for _number in range(connections)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    if len(taken) != count // connections * connections:
        raise SystemExit(f"{path}: only {len(taken)} of {count} answers came.")
    return {
        "seconds": seconds,
        "count": len(taken),
        "p99_ms": 1000 * sorted(taken)[int(len(taken) * 0.99)],
        "bytes": max(sizes),
    }


if __name__ == "__main__":
    print(json.dumps(load(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))))
