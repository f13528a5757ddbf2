// swift-format-ignore-file
// Written from docs/rules/ by `RECORD_GOLDEN=1 swift test --filter DocumentationTests`; do not edit.

/// The pages of `docs/rules/`, for `parity explain`.
enum EmbeddedRulePages {
  static let files: [String: String] = [
    "backup-label-repeated.md": ###"""
# backup-label-repeated

**backupbot.backup is set on several services of the stack.** Severity: note.

## What it means

The specification of the backup labels has `backupbot.backup=true` once for a stack, on the main service,
and lets an implementation refuse more. One label means all volumes of the stack; hooks may stand on any
service.

Why note: many recipes in use do it, and the bots in use accept it.

## An example

`app`, `db` and `events_db` all carry `backupbot.backup=true`.

## What to do

Keep the label on the main service and take it from the others; leave their hooks and paths.

"""###,
    "backup-label-unknown.md": ###"""
# backup-label-unknown

**A backup label that the backup bot does not know.** Severity: warning.

## What it means

A label begins with `backupbot.` and is none that the specification has: `backupbot.backup`, its
`.pre-hook`, `.post-hook`, `.volumes.<volume>` and `.volumes.<volume>.path`, `backupbot.restore.pre-hook` and
`backupbot.restore.post-hook`. The bot takes no notice of it.

Why warning: a newer bot may know labels that this tool does not.

## An example

`backupbot.backup.prehook=/pg_backup.sh backup`: the hook never runs, and raw files of a running
database are copied.

## What to do

Write the label as the specification has it; the nearest one is named.

"""###,
    "backup-overruled.md": ###"""
# backup-overruled

**The suite skips a backup that the recipe's labels ask for.** Severity: warning.

## What it means

`recipe.yml` says `backup: {capable: false, why: …}` or `not_applicable` for the stage `backup`, and a service of
the recipe has `backupbot.backup=true` under `deploy.labels`. The skip is believed: the rung is passed over, and
the run exits with 0. But users of the recipe have a backup that nobody ever restored.

Why warning: some backups cannot be tested here, and only the suite's authors know which.

## An example

A backup takes an hour on the CI machine, so the suite declares that there is none; the page then says nothing
of P4, and the recipe reaches level 4.

## What to do

Let the backup be tested, or take the labels away. Where neither can be, waive this with the reason:

```yaml
waivers:
  - {rule: backup-overruled, why: the dump needs a second machine, until: 2027-01-01}
```

"""###,
    "backup-path-ignored.md": ###"""
# backup-path-ignored

**A label of the first backup bot, which the second one ignores.** Severity: error.

## What it means

`backupbot.backup.path` named a path inside of the container for the first backup bot. backup-bot-two (seen
with 2.4.0) ignores it: whole volumes are backed up in its place, and a path outside of every volume is not
backed up at all.

Why error: the label has no effect in any case, and the dump that it names may be in no backup.

## An example

```yaml
backupbot.backup.path: /tmp/dump.sql     # in no volume: never backed up
```

## What to do

Let the pre-hook write into a volume, and name it relative to that volume:
`backupbot.backup.volumes.<volume>.path: dump.sql`.

"""###,
    "backup-volume-unknown.md": ###"""
# backup-volume-unknown

**A backup label names a volume that does not exist.** Severity: error.

## What it means

`backupbot.backup.volumes.<volume>` leaves a volume out or limits it to paths. This one names a volume that
neither `volumes:` nor any service of the compose file has, so that it limits nothing. Names are those of
the compose file, without the stack's name before them.

Why error: it is a mistake in any case, and what is backed up is not what was meant.

## An example

`backupbot.backup.volumes.db_data.path=backup.sql` where the volume is called `db-data`: the running database's
own files are copied instead of its dump.

## What to do

Correct the name; the nearest volume is named.

"""###,
    "base-equals-target.md": ###"""
# base-equals-target

**The upgrade's base and target are the same.** Severity: error.

## What it means

The files of the version that was installed first and of the target are the same, by tree hash. An
upgrade from a version to itself passes and shows nothing. The upgrade stage fails.

## An example

In steady state the last green version *is* the head: every weekly sweep would upgrade it to itself.

## What to do

Name an older version under `versions: {base: …}` in `recipe.yml` or with `--base`; or, where there is
none yet, `not_applicable: {upgrade: there is only one version}`.

"""###,
    "check-cannot-fail.md": ###"""
# check-cannot-fail

**A check passed where it had to fail.** Severity: error.

## What it means

Once a read-back has passed it is run again, once, with every fresh value replaced by a decoy that
was never sent. It passed again: it finds something whatever it looks for, so its first pass shows
nothing. The check's claim is `unproven`.

## An example

A search page repeats the term that was looked for, also when nothing was found:

```yaml
    - http: {post: /notes, form: {title: "{{unique}}"}}
    - http: {get: /search, query: {q: "{{unique}}"}}
      expect: {status: 200, body: {contains: "{{unique}}"}}
```

## What to do

Look where only the stored value can be: in the list of results (`xpath`, `jsonpath`), not in the whole
page, or in the database.

"""###,
    "check-flaky.md": ###"""
# check-flaky

**A check failed and passed over the same files.** Severity: error.

## What it means

`parity merge` joined several runs of one recipe over the same suite, recipe, versions, driver and tool, and
the check, or the stage, failed in one of them and passed in another. What failed is refuted, however often it
passed: an answer came and did not satisfy. The finding says which attempts saw what; the attempts are numbered
in `merge.json`, with their machines.

## An example

A read-back that looks before the app has flushed its buffer: it passes on a quiet machine.

## What to do

Find what it depends on besides the files: time, order, data of other checks. A read-back that may have to wait
says so with `retry`. Running it again until it passes hides it.

"""###,
    "check-may-be-stale.md": ###"""
# check-may-be-stale

**A functional check expects only what could have been there before.** Severity: warning.

## What it means

The check changes something, and what it expects afterwards is the same in every run: a fixed text, any row,
the latest entry, a value that it has just read itself. A former run or an earlier stage may have left it.
The check may pass, and its claim is `unproven`.

## An example

```yaml
    - http: {post: /api/items, json: {title: hello}}
    - http: {get: /api/items/latest}
      expect: {status: 200, json: {title: hello}}
```

## What to do

Send a value made from `{{unique}}`, and expect it in a later step: `json: {title: "hello {{unique}}"}` in both.

"""###,
    "check-only-acknowledges.md": ###"""
# check-only-acknowledges

**A functional check looks at no more than a status or exit code.** Severity: warning.

## What it means

A status or an exit code says that something was accepted, not that it was done. Plausible answers
202 to an event that it drops. The strength of such a check is `ack`; its claim is `unproven` and it
does not count for P3. Checks marked `health: true` are not held to this.

## An example

```yaml
test_event_is_taken:
  steps:
    - http: {post: /api/event, json: {name: pageview, domain: "{{site}}", url: "https://{{site}}/"}}
      expect: {status: 202}
```

## What to do

Send a value made from `{{unique}}` and read it back through another request or another channel, as
`Tests/recipes/plausible/functional/event_tracking.yml` does.

"""###,
    "check-unsteady.md": ###"""
# check-unsteady

**A check passed in one attempt and gave no answer in another.** Severity: warning.

## What it means

`parity merge` joined several runs of one recipe over the same files. In one of them the check broke, although
that run came to its own end: no answer, a lost connection, a missing program. In another one it passed, and
that stands, for no answer is no evidence against it.

## An example

pytest is missing on one of two machines; a machine was too slow for the step's deadline.

## What to do

Look why there was no answer. With `--strict` the merge is red.

"""###,
    "control-broken.md": ###"""
# control-broken

**A control gave no answer, so that its check shows nothing.** Severity: error.

## What it means

A check is believed only after it was seen to fail where it must: for a value that was never sent (decoy), or
once the marker is dropped. This look gave no answer, or it failed for another reason: the statement was
refused, the app answered 5xx, or a step failed that does not look for the fresh value at all. The check
passed, and still nothing shows that it could have failed: its claim is `unproven`, and the run exits with 2.

## An example

```yaml
    verify:
      - http: {get: /}                     # fails after the drop, though nothing says that of the marker
        expect: {body: {contains: Welcome}}
      - http: {get: "/{{marker}}.txt"}
        expect: {body: "{{marker}}"}
```

## What to do

Look why the same look gave no answer the second time. Let `verify` look for nothing but the marker, and let
`drop` remove nothing but the marker.

"""###,
    "control-missing.md": ###"""
# control-missing

**A check that claims state ran without its control.** Severity: warning.

## What it means

The read-back could not be run with a decoy: its fresh value only reaches it through a capture (the
server's own id for what was sent). That is shown beside the claim. A control that gave no answer is
[control-broken](control-broken.md).

## An example

```yaml
    - http: {post: /api/items, json: {title: "{{unique}}"}}
      capture: {id: {jsonpath: $.id}}
    - http: {get: "/api/items/{{id}}"}
      expect: {status: 200, json: {id: "{{id}}"}}     # only the capture is expected
```

## What to do

Let the read-back also expect a value made from `{{unique}}`: here `json: {title: "{{unique}}"}`.

"""###,
    "corpus-unreachable.md": ###"""
# corpus-unreachable

**The corpus that the recipe is held to cannot be read.** Severity: error.

## What it means

`parity.yml` names the older scripts that recipes are held to, but the folder is not there, cannot be
read, or is a git address that has not been cloned. Whether the recipe has older tests is then not
known, and not knowing is never "nothing to port": claim P2 is `unproven` and the run exits with 2.

## An example

```yaml
corpus: {root: ../recipe-info}     # not checked out on this machine
```

## What to do

Mount or clone the corpus, or, where there is none, say so and why: `corpus: {none: a new catalogue}`.
The page then carries that reason.

"""###,
    "deferral-expired.md": ###"""
# deferral-expired

**A deferral is past its date.** Severity: warning.

## What it means

`recipe.yml` put something off until a day that is over. The day is an argument of `parity audit`
(`--today`) and stored nowhere, so that no committed file turns red on a calendar day.

## An example

```yaml
deferred:
  - {what: Stats API read-back, why: needs an API key, until: 2026-01-31}
```

## What to do

Do what was deferred and take the entry away, or give a new date with a reason. A trigger in words
(`until: an API key can be made without a browser`) never expires by itself.

"""###,
    "deferral-has-port.md": ###"""
# deferral-has-port

**A unit is put off or left out although a port exists.** Severity: warning.

## What it means

`deferred` or `corpus: {not_ported: …}` in `recipe.yml` names a unit that a check stands for. The port counts; the entry
says something that is not so any more.

Why warning: the page would contradict itself.

## An example

```yaml
deferred:
  - {what: login, why: no browser, until: 2027-01-01, ports: [login.py]}   # and a check has ports: [login.py]
```

## What to do

Take the entry away, or the port.

"""###,
    "generic-tier-missing.md": ###"""
# generic-tier-missing

**The generic checks of a stage did not run.** Severity: error.

## What it means

A stage ended as passed although none of the tool's own checks of it gave an answer. Overlays add to
the generic checks and never replace them; without them the stage's claim is `unproven`.

## An example

A record made by another tool, or one from which cases were left out.

## What to do

Look at the stage's own outcome in `events.ndjson`. With the tool's own runs this should not happen:
if it does, it is a mistake of the tool.

"""###,
    "image-tag-moves.md": ###"""
# image-tag-moves

**An image tag that means another image tomorrow.** Severity: warning.

## What it means

The image has no tag, or one that is published again: `latest`, `stable`, `main`, `alpine`, or a major version
alone such as `16` or `7-alpine`. Tomorrow's deployment is another app than the one that was tested, and no
released version of the recipe can be made again. Fixed are a digest, a version of at least two parts, a date
or build number, and a commit. Variables count as `.env.sample` sets them, else with their defaults.

Why warning: it deploys today; what is proven of it ends with the next push of the image.

## An example

`postgres:15-alpine`: a new image under the same tag broke every released version of a recipe at once.

## What to do

Name a full version (`postgres:15.10-alpine`) or a digest, and raise it with a release of the recipe.

"""###,
    "label-outside-deploy.md": ###"""
# label-outside-deploy

**A label that Swarm never sees: it stands outside of deploy.labels.** Severity: error.

## What it means

`backupbot.`, `coop-cloud.` and `traefik.` labels are read off Swarm *services*. Under `labels` they become
labels of containers, which nothing looks at: no backup, no route and no version, and no message either.
A label that stands in both places is fine, and so are other labels of containers.

Why error: it is never what was meant, and what is lost is lost in silence.

## An example

```yaml
services:
  db:
    labels:
      backupbot.backup: "true"      # never seen
    deploy:
      labels:
        backupbot.backup: "true"    # seen
```

## What to do

Move the label from `labels` to `deploy.labels` of the same service.

"""###,
    "marker-not-dropped.md": ###"""
# marker-not-dropped

**A marker was still there before the restore.** Severity: error.

## What it means

Before a restore the marker is dropped and `verify` must fail. It did not, so that the marker that is
seen after the restore may never have been away. The store's `dropped` claim is `refuted` and its
`restored` claim `unproven`.

## An example

`seed` writes the marker into two tables, `drop` removes it from one, `verify` looks at the other.

## What to do

Let `drop` remove what `seed` planted, in every place. Where deleting is asynchronous (ClickHouse's
`ALTER … DELETE`), drop the marker's own partition instead or add a step with `retry` that waits until
it is gone.

"""###,
    "metadata-contradicted.md": ###"""
# metadata-contradicted

**The README's metadata say something else than the recipe.** Severity: warning.

## What it means

Between `<!-- metadata -->` and `<!-- endmetadata -->` the README says what the recipe can do, and nobody
verifies it. Compared are *Healthcheck* (of the service `app`, else of any), *Backups* (a label under
`deploy.labels`), *Image* (the image of any service, in any overlay) and *Tests: Yes* (functional checks in the
suite). Words that are neither yes nor no are left alone.

Why warning: users choose recipes by these lines; nothing breaks where they are wrong.

## An example

`* **Backups**: Yes` in a recipe without a single `backupbot.backup` label.

## What to do

Correct the README, or the recipe.

"""###,
    "operation-differs.md": ###"""
# operation-differs

**The driver did something else than the recipe says.** Severity: note.

## What it means

A hook or command of the recipe was replaced by `local.yml`, because a process of this machine is no
container. What was run instead stands in the finding. What users run is the recipe's own text, which
was then not tried.

## An example

The recipe says `/pg_backup.sh backup`, and `local.yml` runs `{{recipe}}/pg_backup.sh backup`: the same
file from another folder.

## What to do

Keep the two alike: run the recipe's own file and change only what a container would have changed.

"""###,
    "port-drifted.md": ###"""
# port-drifted

**An older script changed since its port was pinned.** Severity: warning.

## What it means

What the original asks or asserts is not what `parity.lock` holds: it gained or lost a request or an assertion,
or one of them became weaker or stronger. White space, comments, quotes and order do not count. Where a part of the
script cannot be read, any change of the file counts. The unit's claim is `unproven`.

Why warning: nothing failed; what the port was compared with has changed.

## An example

"gained an assertion on `/api/health` status (== 200)"

## What to do

Bring the port up to the original, run it, then run `parity pin` and commit `parity.lock`.

"""###,
    "port-missing.md": ###"""
# port-missing

**A unit of the corpus has no port.** Severity: error.

## What it means

A script of the corpus, or a test inside one, is named by no check and by no entry of `recipe.yml`. Its
claim is `refuted`: what the older script looked at is not looked at any more. A case of its own fails in
`junit.xml`.

Why error: a page that passes over an older test in silence is what parity is there to prevent.

## An example

`recipe-info/demo/tests/mail.sh` is in the corpus, and nothing in the suite names it.

## What to do

Name it under `ports` of the check that looks at the same; or say what becomes of it, with the reason, under
`corpus` or `deferred` in `recipe.yml`.

"""###,
    "port-orphaned.md": ###"""
# port-orphaned

**A port names a unit that does not exist.** Severity: error.

## What it means

A name under `ports`, or in a `SOURCE` comment, is no unit of the corpus: the script was renamed or removed, a
test inside it is gone, or the name is misspelt. The nearest unit is told; where the script was pinned and only
its name changed, the new name.

Why error: the link that a person once made holds nothing any more.

## An example

```yaml
ports: ["health_chek.py::test_up"]     # the script is health_check.py
```

## What to do

Name a unit that exists, or take the name away. `parity pin` writes nothing while there is an orphan.

"""###,
    "port-unpinned.md": ###"""
# port-unpinned

**A port is not pinned to what its original was.** Severity: note.

## What it means

A check stands for the unit, and `parity.lock` does not hold it. A later change of the script would not be seen.

Why note: nothing is wrong yet.

## An example

A new check with `ports: [health.py]`, before the first `parity pin`.

## What to do

Compare port and original, run `parity pin`, and commit `parity.lock`.

"""###,
    "port-unread.md": ###"""
# port-unread

**An older script is not known in full.** Severity: warning.

## What it means

A part of the original cannot be read, or cannot be held against a run: a language that is not read, a call of something
that is not here, an address that is only known when the script runs, a value that comes from nowhere that can be told. Line and reason are named. The
unit's claim is `unproven`, whatever was read of it.

Why warning: a person can read what the tool cannot.

## An example

"line 12: the address of `GET {…}` is only known when it runs"

## What to do

Look at the original. If checks cover it, say so: `corpus: {covered: [{ports: […], by: […], why: …}]}`. The page then
carries your reason.

"""###,
    "port-unshown.md": ###"""
# port-unshown

**A port shows nothing: it was skipped, broke, or cannot fail.** Severity: warning.

## What it means

A check that stands for a unit was skipped, did not run, broke, asserts nothing, or passed where it had to fail. The
unit's claim is `unproven`: a port that did not run is no port.

Why warning: what broke or did not run is told by the check itself.

## An example

A port with `when: {driver: swarm}` in a run on driver `local`.

## What to do

Let the check run and pass, and be able to fail; or let another one stand for the unit.

"""###,
    "port-weaker.md": ###"""
# port-weaker

**An older script looks at more than its port.** Severity: warning.

## What it means

The run of the port never asked something that the original asks (by method, path and query), or asserted less of the
answer: a status that may be more than it was, a field, header or text that nothing looks at. Each is named. Steps
that did not pass, and looks that did not hold, count for nothing. The unit's claim is `unproven`.

Why warning: the port passed; it only says less than its name.

## An example

"`GET /api/health` status == 200 became < 500"

## What to do

Let the port ask and assert what the original does. Where other checks do, name the unit under their `ports` too,
or say `covered` in `recipe.yml` with the reason.

"""###,
    "recipe-file-unreadable.md": ###"""
# recipe-file-unreadable

**A file of the recipe cannot be read.** Severity: warning.

## What it means

`README.md` or a `compose.*.yml` that is not switched on is no UTF-8, or no compose file, so that the rules
could not look at it; or `COMPOSE_FILE` in `.env.sample` names a file that is not there. What is deployed
by default has to be readable before anything runs.

Why warning: the default deployment does not use the file; users who switch it on cannot deploy.

## An example

`compose.smtp.yml` with a bracket that is never closed: everybody who switches mail on finds out.

## What to do

Mend the file, or take it away.

"""###,
    "restore-hook-missing.md": ###"""
# restore-hook-missing

**A service has a hook before its backup and none for its restore.** Severity: warning.

## What it means

`backupbot.backup.pre-hook` stands on a service without `backupbot.restore.pre-hook` and `.post-hook`. A dump
that nothing loads brings nothing back: the restore puts a file beside a running server, and the old state
stays.

Why warning: a hook that makes no dump needs none for the restore; whether data come back is proven by P4.

## An example

A pre-hook that runs `pg_dump`, and no restore hook: the restore is reported as done, and the database is
what it was before.

## What to do

Add `backupbot.restore.post-hook` with the command that loads the dump. Where the hook only pauses the
app, waive this with that reason.

"""###,
    "rollback-hides-failure.md": ###"""
# rollback-hides-failure

**A failed update is rolled back while the old task keeps health green.** Severity: note.

## What it means

With `order: start-first` and `failure_action: rollback` the old task goes on answering while the new one
starts, and stays when it fails. Health never turns red: an upgrade that did not happen looks like one that
did. Only the version that runs tells.

Why note: most recipes in use have it, and it is what users want while nobody tests.

## An example

```yaml
update_config: {order: start-first, failure_action: rollback}
```

## What to do

Nothing, where whoever upgrades looks at the version label afterwards, as this tool does. A service that
keeps data should have `order: stop-first`, since two of its tasks would write to one volume.

"""###,
    "run-not-finished.md": ###"""
# run-not-finished

**The run did not come to its own end.** Severity: error.

## What it means

The run was interrupted, reached its deadline or died; or lines of its events cannot be read, so that it may
not say all. What was seen until then stands in the record, and everything later is `notRun`. Such a run never
replaces the page, and it exits with 2 where nothing failed before.

## An example

Ctrl-C, a CI job's own time limit, a machine that ran out of memory, a disk that was full.

## What to do

Run it again. `parity report RECIPE --run ID` writes reports of what was seen, below the run's own
folder; `deadlines: {run: 2h}` in `recipe.yml` gives more time.

"""###,
    "same-behaviour-twice.md": ###"""
# same-behaviour-twice

**Two functional checks do the same, and count once.** Severity: warning.

## What it means

The steps of both differ in nothing but names, fresh values and the texts around them. They show one
behaviour, so P3 counts the first of them alone. The rows of one check's `cases` are one behaviour too, without
this finding, since nobody presents them as several.

## An example

```yaml
test_upload:
  steps:
    - http: {put: "/files/{{unique}}", text: "{{unique}}"}
    - http: {get: "/files/{{unique}}"}
      expect: {body: "{{unique}}"}
test_download:
  steps:
    - http: {put: "/files/d-{{unique}}", text: "other {{unique}}"}
    - http: {get: "/files/d-{{unique}}"}
      expect: {body: "other {{unique}}"}
```

## What to do

Let one of them look at something else that the app does: that a file is gone after `DELETE`, or that it is
not served without a password.

"""###,
    "secret-masked-in-place-only.md": ###"""
# secret-masked-in-place-only

**A secret is too short or too common to be masked everywhere.** Severity: note.

## What it means

Secret values are taken out of everything that is written. One of fewer than 8 characters, or one that
is also the name of a service, store or user, would black out half of every log; it is masked only where
it is known to be the secret.

## An example

```yaml
secrets:
  db_password: {value: postgres}
```

## What to do

Use a secret of at least 8 characters that is no service's, store's or user's name; best
`{generate: 24}`.

"""###,
    "store-not-backed-up.md": ###"""
# store-not-backed-up

**A store is in no backup.** Severity: warning.

## What it means

A named volume or a service with a known database image is in no backup that the labels ask for:

- no service has `backupbot.backup=true` under `deploy.labels`;
- or it is a database all of whose volumes are left out, or which has no named volume;
- or it is a database without a label and without a pre-hook of its own: at best its files are copied while
  it writes them.

Silent are a volume that a label leaves out (`…volumes.<volume>=false`), a cache (Redis and its kin) that has no
volume or stands beside a label, and a recipe whose suite says `backup: {capable: false, why: …}` or
`not_applicable` ([backup-overruled](backup-overruled.md) speaks of these).

Why warning: some stores need no backup, and only the recipe's authors know which.

## An example

The label stands on `app`, and its volumes are all excluded: the database beside it was never backed up, and
the backup succeeded every night.

## What to do

Label the service, with hooks for a database. Where the store holds only what can be made again:

```yaml
waivers:
  - {rule: store-not-backed-up, for: queue, why: jobs are made again, until: 2027-01-01}
```

"""###,
    "store-without-marker.md": ###"""
# store-without-marker

**A store has no marker: nothing shows that its data survive.** Severity: warning.

## What it means

A store is every named volume of the compose file and every service with a known database image.
This one has no entry under `integrity`, so that nothing is known of its data after upgrade and
restore. Its row on the page says `unproven`, by name.

## An example

A recipe with PostgreSQL and ClickHouse, and `integrity:` with an entry for `db` only.

## What to do

Add an entry with `seed`, `drop` and `verify` under `integrity`. Where the store holds only what can be
made again, say so with a waiver:

```yaml
waivers:
  - {rule: store-without-marker, for: cache, why: holds thumbnails only, until: 2027-01-01}
```

"""###,
    "teardown-left-something.md": ###"""
# teardown-left-something

**Something of the run is still there after teardown.** Severity: error.

## What it means

After teardown the driver looks for services, processes, volumes, folders and locks of the run, and
found some. A recipe whose service cannot be stopped disturbs the next run.

## An example

A service that starts a daemon of its own and outlives its stop signal.

## What to do

`parity clean` removes what no live run owns. Then look why the service outlived its kill: `stop` in
`local.yml` names the signal and the grace.

"""###,
    "too-few-functional-checks.md": ###"""
# too-few-functional-checks

**Too few functional checks show state.** Severity: warning.

## What it means

P3 asks for two functional checks whose evidence is of strength `state`: an act with a fresh value, and
a later, separate look that finds it. Health checks do not count, and neither does a check that did not
pass or whose control passed.

## An example

A suite with `test_front_page_serves` and nothing else.

## What to do

Add checks that act with `{{unique}}` and read it back. The number is
`policy: {functional_checks: 2}` in `parity.yml`.

"""###,
    "waiver-expired.md": ###"""
# waiver-expired

**A waiver is past its date and waives nothing any more.** Severity: warning.

## What it means

An entry under `waivers` in `recipe.yml` ended on a day that is over. What it waived counts again. The
day is an argument of `parity audit` (`--today`) and stored nowhere: `coverage.json` and `PARITY.md`
show the finding as waived, with its end, whatever day it is. A trigger in words never ends by itself.

This cannot be waived: a waiver that waives its own end has none.

Why warning: what it waived counts by its own severity already; this says why it came back.

## An example

```yaml
waivers:
  - {rule: store-without-marker, for: cache, why: holds thumbnails only, until: 2026-01-31}
```

## What to do

Mend what was waived and take the entry away, or give a new end and a reason that still holds.

"""###,
    "waiver-unused.md": ###"""
# waiver-unused

**A waiver matches no finding.** Severity: warning.

## What it means

An entry under `waivers` in `recipe.yml` names a rule, or a check, store, service, volume or file, that no
finding is about. Either what it waived is mended, or the name is wrong and something else counts that
was meant to be waived. It is said after a full run only: a run that stopped early has not seen
everything.

This cannot be waived; take the entry away.

Why warning: nothing is claimed wrongly, but a waiver that waits for nothing hides the next finding of its kind.

## An example

`for: cahce` where the store is called `cache`: the finding names the nearest thing that there is.

## What to do

Correct the name, or take the entry away.

"""###,
  ]
}
