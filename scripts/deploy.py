"""The code of this checkout in the place of what runs on DATA_DIR: `python -m scripts.deploy`

Nothing is stopped: a backup is taken, the schema brought forward, each process replaced by one that runs the
new code, and then for a while it is watched. Where it does not start, does not answer or is worse than
before, the version that ran takes its place again; the schema stays, for the old code runs with it, too.

Ends with 0 when the new version runs, 1 when nothing was changed, 2 when the old version runs again, 3 when
neither is well and a person has to look.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from launch import release
from scripts.deploying import preflight, site
from scripts.deploying.criteria import Consistently, Figures, figures, wrong
from scripts.deploying.errors import DeployFailed, Refused, Unhealthy
from scripts.deploying.own_code import Failed, OwnCode
from scripts.deploying.preflight import Plan
from scripts.deploying.site import Site
from store import migrations

DONE, REFUSED, TAKEN_BACK, LOST = range(4)
ROLLING = "scripts.deploying.rolling"
WATCH_S = 120.0
LOOK_S = 5.0
BEFORE = timedelta(hours=1)


class Deploy:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._site = Site(url=f"http://127.0.0.1:{plan.configuration.port}", token=plan.token)
        self._began = time.monotonic()
        self._own = OwnCode(plan.data, plan.data / "deploy.log")

    def say(self, words: str) -> None:
        print(f"{time.monotonic() - self._began:6.1f} s  {words}", flush=True)

    def install(self) -> None:
        """Packages that the new version wants; the old one goes on with them, too. Refused."""
        if self._plan.same_packages:
            return
        try:
            self._own.run(self._plan.new, "pip", "install", "--quiet", "-r", "requirements.txt")
        except Failed as error:
            raise Refused(f"its packages cannot be installed: {error}") from error
        self.say("its packages are installed")

    def try_out(self) -> None:
        """Refused where the new code cannot even be imported."""
        try:
            self._own.run(self._plan.new, ROLLING, "--try")
        except Failed as error:
            raise Refused(f"the new version cannot be imported: {error}") from error
        self.say("the new version can be imported")

    def before(self) -> Figures:
        """How well it goes now; what is already wrong is said."""
        if problem := self._site.ready():
            self.say(f"what runs is not ready: {problem}")
        found = asyncio.run(figures(self._plan.database_url, datetime.now(UTC) - BEFORE))
        self.say(f"the last hour: {found}")
        return found

    def back_up(self, into: Path) -> None:
        """By the version that runs, which knows what is in the database now. Refused."""
        try:
            made = self._own.run(self._plan.old or self._plan.new, "scripts.backup", str(into.resolve()))
        except Failed as error:
            raise Refused(str(error)) from error
        self.say(f"backup in {made}")

    def migrate(self) -> None:
        """All of them or none. Refused."""
        try:
            migrations.upgrade(self._plan.database_url)
        except SQLAlchemyError as error:
            raise Refused(f"the database did not take the migrations: {error}") from error
        self.say(f"the schema is at {migrations.head()}")

    def put(self, folder: Path) -> None:
        """This release in the place of what runs, until it answers as it should. Unhealthy."""
        try:
            self._own.run(folder, ROLLING)
        except Failed as error:
            raise Unhealthy(f"it does not come up: {error}") from error
        self.say(f"{folder.name} runs")
        self._site.require_ready()
        self.say("/healthz and /readyz answer")
        ware = asyncio.run(site.a_ware(self._plan.database_url))
        if ware is None:
            self.say("no product to search or ask for")
            return
        self._site.require_found(ware)
        self.say(f"a search for {ware.name!r} finds it")
        self.say(f"asked for it, the assistant says: {self._site.require_reply(ware)[:70]!r}")

    def watch(self, seconds: float, before: Figures) -> None:
        """Unhealthy when the criteria for going back are met at several looks in a row."""
        since, until = datetime.now(UTC), time.monotonic() + seconds
        consistently, now = Consistently(), Figures()
        self.say(f"watching for {seconds:g} s")
        while time.monotonic() < until:
            time.sleep(LOOK_S)
            now = asyncio.run(figures(self._plan.database_url, since))
            reasons = [*wrong(now, before), *(["it is not ready"] if self._site.ready() else [])]
            if lasting := consistently.look(reasons):
                raise Unhealthy(f"{', '.join(lasting)}: {now}")
        self.say(f"since then: {now}")


def run(asked: argparse.Namespace) -> int:
    try:
        plan = preflight.plan(back=asked.back)
        if plan.old == plan.new:
            print(f"{plan.new.name} runs already.")
            return DONE
        deploy = Deploy(plan)
        deploy.say(f"from {plan.old.name if plan.old else 'a version that was not kept'} to {plan.new.name}")
        for migration in plan.pending:
            deploy.say(f"migration {migration.revision}: {migration.doc}")
        deploy.install()
        deploy.try_out()
        before = deploy.before()
        if not (asked.no_backup or asked.back):
            deploy.back_up(asked.backups or plan.data / "backups")
        if plan.pending:
            deploy.migrate()
    except Refused as error:
        print(f"Not deployed, nothing is changed: {error}", file=sys.stderr)
        return REFUSED
    return _deployed(deploy, plan, asked.watch, before)


def _deployed(deploy: Deploy, plan: Plan, watch_s: float, before: Figures) -> int:
    try:
        deploy.put(plan.new)
        release.note_started(plan.data, plan.new)
        deploy.watch(watch_s, before)
    except (DeployFailed, KeyboardInterrupt) as error:
        deploy.say(f"NOT WELL: {error or 'interrupted'}")
        return _taken_back(deploy, plan)
    deploy.say("deployed")
    return DONE


def _taken_back(deploy: Deploy, plan: Plan) -> int:
    if plan.old is None:
        deploy.say("There is no way back by itself: the version that ran before was not kept.")
        return LOST
    deploy.say(f"going back to {plan.old.name}")
    try:
        deploy.put(plan.old)
    except DeployFailed as error:
        deploy.say(f"NEITHER IS WELL: {error}. docs/runbooks.md, The service is down")
        return LOST
    release.note_started(plan.data, plan.old)
    if plan.pending:
        deploy.say(f"the schema stays at {migrations.head()}: the old version runs with it")
    deploy.say("TAKEN BACK. The checkout holds the new version: check out the old one before the next start")
    return TAKEN_BACK


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--back", action="store_true", help="to the version before the one that runs")
    parser.add_argument("--watch", type=float, default=WATCH_S, metavar="SECONDS", help=f"{WATCH_S:g}")
    parser.add_argument("--backups", type=Path, help="where backups are kept; DATA_DIR/backups")
    parser.add_argument("--no-backup", action="store_true", help="there is one that is new enough")
    return run(parser.parse_args(arguments))


if __name__ == "__main__":
    raise SystemExit(main())
