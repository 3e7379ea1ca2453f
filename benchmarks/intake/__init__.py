"""How much mail is taken in, and that none is lost or doubled: `python -m benchmarks.intake` prints JSON.

    python -m benchmarks.intake [--messages 10000] [--kills 50] [--answers 2000] [--speed 3000]

Generated mails (benchmarks/mails.py) lie in a folder of a real Dovecot that the benchmark starts (`server.py`).

- `speed` (`speed.py`): one worker, warmed up, nothing else: from the first visit to the last mail filed. `per_second`
  by the clock, `per_processor_second` by the processor's time of the worker and its reading process (the server's is
  not counted). `parser`: Python's own `email` (policy default, every part's content) over the same bytes, in turns with
  ours, so that whoever else is at work on the machine slows both alike. `share_of_parser`: the first divided by it, by
  the processor; `share_by_clock` likewise.
- `kills` (`kills.py`): workers that are killed with -9 at random moments while mail comes in, conversations are
  answered, answers leave by SMTP, and customers answer the answers (one in four) or bounce (one in twenty;
  `customers.py`). Then everything is counted (`counting.py`): `lost`, `doubled`, `replies_lost`, `replies_astray` (in
  another conversation), `sent_twice` and `sent_unknown` must be 0. `uncertain`: answers whose sender was killed between
  message and mark; a person decides about them.
- `django_helpdesk`: mails per second of its intake over the same mails, if MIKOMI_TEST_COMPARISON names a Python that
  can import it; else null.
"""
