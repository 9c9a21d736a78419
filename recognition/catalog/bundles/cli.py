"""`recognition campaigns export` and `import`: one campaign with all that belongs to it, as one file."""

import json
from pathlib import Path

import click
from flask.cli import AppGroup

from recognition.campaigns.queries import campaign_by_slug
from recognition.catalog.bundles import pictures
from recognition.catalog.bundles.coming import CHANGE, RENAME, Clash, take_in
from recognition.catalog.bundles.leaving import parcel_of
from recognition.catalog.bundles.parcel import FILE_BYTES_MAX, pack, unpack
from recognition.database import moment
from recognition.extensions import db, only_reading
from recognition.parcels import BadParcel

campaigns = AppGroup("campaigns", help="A campaign with its quests, badges and contests, as one file.")


@campaigns.command("export")
@click.argument("slug")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@only_reading()
def export(slug: str, file: Path) -> None:
    """Write the campaign SLUG to FILE, a zip."""
    campaign = campaign_by_slug(slug, drafts=True)
    if campaign is None:
        raise click.ClickException(f"There is no campaign {slug}.")
    try:
        parcel = parcel_of(campaign)
        content = pack(parcel)
    except BadParcel as fault:
        raise click.ClickException(f"Nothing was written: {fault}") from fault
    file.write_bytes(content)
    parts = {name: sorted(getattr(parcel, name)) for name in ("quests", "badges", "contests")}
    click.echo(json.dumps({"campaign": slug, **parts, "bytes": len(content)}))


@campaigns.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--same", type=click.Choice([CHANGE, RENAME]), help="What to do where something of the same name differs.")
def import_(file: Path, same: str | None) -> None:
    """Take in FILE as a draft: all of it, or nothing if something in it is wrong."""
    with file.open("rb") as opened:
        content = opened.read(FILE_BYTES_MAX + 1)
    try:
        parcel = unpack(content)
        wanted = pictures.unknown(parcel)
        db.session.rollback()
        came = take_in(parcel, same or "", moment(), None, pictures.opened(parcel, wanted))
        slug = came.campaign.slug
        db.session.commit()
    except Clash as clash:
        db.session.rollback()
        names = ", ".join(clash.titles)
        raise click.ClickException(
            f"Nothing was stored: these are here and differ: {names}. Say --same change or rename."
        ) from clash
    except BadParcel as fault:
        db.session.rollback()
        raise click.ClickException(f"Nothing was stored: {fault}") from fault
    click.echo(json.dumps({"campaign": slug, "left_out": [f"{sort} {name}" for sort, name in came.left_out]}))
