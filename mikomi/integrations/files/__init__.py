"""Files that users bring: tables and vCards become neutral records. Pure, no models.

`reading.read_file` is the way in: it recognises the file, and gives `records` and `issues` as a stream.
"""
