"""`mikomi serve`: the web process, with or without a worker beside it."""

from __future__ import annotations

import argparse

HELP = "serve the pages and the API"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=1, help="web processes")
    parser.add_argument("--with-worker", action="store_true", help="also start `mikomi worker`")


def run(options: argparse.Namespace) -> int:
    from mikomi.ops import serving, upgrading

    serving.refuse_used_port(options.host, options.port)
    upgrading.refuse_old_database()
    upgrading.collect_static_files()
    return serving.serve(
        host=options.host, port=options.port, web_processes=options.workers, with_worker=options.with_worker
    )
