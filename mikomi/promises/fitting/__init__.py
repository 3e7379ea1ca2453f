"""Learning from past cases how long work takes. Needs numpy: runs in a compute process only, never in web or worker.

Plain values in, plain values out; `mikomi.promises.rules.quoting` reads what comes out.
"""
