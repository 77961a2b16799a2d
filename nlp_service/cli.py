"""`nlp-service`: the command line. Arguments only; the work is in commands/ and the rooms below.

Exit status: 0 done, 1 done but some lines or checks failed, 2 unusable arguments or surroundings.
"""

import sys
from collections.abc import Sequence
from typing import Any

import typer

from nlp_service import logs
from nlp_service.commands import (
    audit,
    chat,
    corpora,
    evidence,
    keys,
    measuring,
    policy,
    queue,
    reviews,
    risk,
    serve,
    simulate,
    store,
    training,
    webhooks,
)
from nlp_service.commands.console import OK, UNUSABLE, say_error, say_wrong
from nlp_service.errors import ServiceError

_INTERRUPTED = 130
# typer carries a copy of click; the base of its errors can only be reached through this class.
_CommandError: Any = next(c for c in typer.BadParameter.__mro__ if c.__name__ == "ClickException")

app = typer.Typer(
    help="Chinese-language checks for e-commerce chat and reviews, on your own machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(serve.serve)
app.add_typer(chat.app, name="chat")
app.add_typer(reviews.app, name="reviews")
app.add_typer(risk.app, name="risk")
app.add_typer(queue.app, name="queue")
app.add_typer(policy.app, name="policy")
app.add_typer(store.db, name="db")
app.add_typer(store.store, name="store")
app.add_typer(store.samples, name="samples")
app.add_typer(webhooks.app, name="webhooks")
app.add_typer(keys.app, name="keys")
audit.app.command("evidence")(evidence.evidence)
audit.app.command("check")(evidence.check)
app.add_typer(audit.app, name="audit")
app.add_typer(training.train, name="train")
app.add_typer(measuring.evaluate, name="evaluate")
app.add_typer(corpora.corpus, name="corpus")
app.command("export")(training.export)
app.command("simulate")(simulate.simulate)


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status; what went wrong is one line on stderr."""
    try:
        status = app(list(arguments), standalone_mode=False, prog_name="nlp-service")
    except ServiceError as error:
        return say_error(error)
    except _CommandError as error:
        # Without arguments typer has shown the help already, and the error has no words.
        if message := error.format_message():
            say_wrong(f"{message} (--help shows what is possible)")
        return UNUSABLE
    except OSError as error:
        say_wrong(f"{error.filename or 'a file'}: {error.strerror}")
        return UNUSABLE
    except (KeyboardInterrupt, typer.Abort):
        say_wrong("interrupted; nothing was written half")
        return _INTERRUPTED
    return status if isinstance(status, int) else OK


def main() -> None:
    """Entry point of the command; answers own stdout, the log goes to stderr."""
    logs.configure("INFO")
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
