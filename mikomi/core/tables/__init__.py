"""Tables that people bring and take: files of unknown encoding in, safe CSV out. Pure, no Django.

Read with `reading.open_table`, write with `writing.CsvWriter`.
"""
