"""Lead clients that speak to kommo.com to a server on this machine.

curl, requests and Guzzle take a proxy from the environment; Node's fetch knows
none, so its connections are steered by a script that runs first.
"""

import socket
import threading
from contextlib import suppress
from pathlib import Path


class Tunnel:
    """A proxy that takes CONNECT to any host and goes to one port of 127.0.0.1."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        # Wakes the thread that waits for connections.
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", self._to)) as server:
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                received = client.recv(4096)
                if not received:
                    return
                head += received
            client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            back = threading.Thread(target=_pump, args=(server, client), daemon=True)
            back.start()
            _pump(client, server)
            back.join()


def _pump(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)
        other.shutdown(socket.SHUT_WR)


def steered(folder: Path, tunnel: Tunnel, ca_file: str, port: int) -> dict[str, str]:
    """Return the variables that lead every client through *tunnel*, trusting *ca_file*."""
    script = folder / "steer.cjs"
    script.write_text(
        "const tls = require('tls'), connect = tls.connect;\n"
        "tls.connect = (o, ...rest) => connect.call(tls,\n"
        "  {...o, servername: o.servername || o.host, host: '127.0.0.1',"
        f" port: {port}}}, ...rest);\n"
    )
    proxy = f"http://127.0.0.1:{tunnel.port}"
    trust = ("CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS")
    return {
        **dict.fromkeys(trust, ca_file),
        "HTTPS_PROXY": proxy,
        "https_proxy": proxy,
        "NODE_OPTIONS": f"--require {script}",
    }
