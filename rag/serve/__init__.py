"""Serves the assistant to browsers and programs on this machine.

`guard` keeps strangers out, `asking` has one answer made at a time, `conversations` keeps what
was said, `views` turns answers and articles into what the page draws, `completions` speaks
the protocol of OpenAI's chat, and `server` listens. The page itself is `ui.py`.
"""
