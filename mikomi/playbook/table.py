"""What follows from what: every reaction of the product, in one table. How to add one: docs/how-to/add-a-play.md."""

from __future__ import annotations

from mikomi.playbook.play import Play

PLAYS: tuple[Play, ...] = ()
