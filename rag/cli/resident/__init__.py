"""A process that keeps the models loaded, so that `ask` answers within a second or so.

It forks for each question. The child has what is loaded, and is otherwise the command as it
would have run: with the arguments, environment, folder, and terminal of who asked.
"""
