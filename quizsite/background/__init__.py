"""Background work: tasks in the database, which workers claim, run and try again.

`schedule` lists what runs regularly, `running` does one task, `presence` finds out whose worker is
gone, and `worker` is the process. `serve` runs one, `manage.py work` runs it alone. A task is a
function with `django_tasks.task`, next to what it is about. It may run twice: a worker that is
killed leaves its task to another one.
"""
