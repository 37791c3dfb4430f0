"""What people do by script, with the client that is generated for Python: journey.py SERVER TOKEN"""
import sys
import time
import uuid

import semstreams_client as api

server, token = sys.argv[1:]
client = api.ApiClient(api.Configuration(host=server, access_token=token))
flows, running = api.FlowsApi(client), api.RunningApi(client)
dead_letters, backup = api.DeadLettersApi(client), api.BackupApi(client)


def eventually(what, look):
    """What `look` finds, as soon as it finds something."""
    for _ in range(600):
        found = look()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"waited in vain for {what}")


def refused(status, call):
    """The problem that a call is refused with."""
    try:
        call()
    except api.ApiException as refusal:
        assert refusal.status == status, refusal
        return api.Problem.from_json(refusal.body)
    raise AssertionError(f"not refused by {status}")


def step(sentence):
    print(f"python: {sentence}", flush=True)


# a number is asked of a word: every message becomes a dead letter
components = [
    api.GivenComponent(id="source", type="simulator_input", config={"rate": 20}),
    api.GivenComponent(
        id="number",
        type="json_map",
        config={"steps": [{"do": "convert", "field": "vehicle", "into": "number"}]},
    ),
    api.GivenComponent(id="log", type="file_output", config={"path": "log.ndjson"}),
]
flow = flows.create_flow(api.NewFlow(id="python", name="From Python", components=components))
assert "python" in [each.id for each in flows.list_flows(search="python").items]
assert flows.validate_flow(flow.to_dict()).findings == []
step("a flow is made, listed and checked")

change = api.ChangedFlow(id="python", name="Changed from Python", components=components)
tag = f'"{flow.revision}"'
assert flows.save_flow("python", change, if_match=tag).revision > flow.revision
assert refused(412, lambda: flows.save_flow("python", change, if_match=tag)).detail
step("it is changed, and not overwritten by who knows an older one")

deployment = running.deploy_flow("python", wait="30s")
assert (deployment.flow, deployment.desired) == ("python", api.Desired.RUNNING)
status = eventually("figures", lambda: (lambda now: now if now.dead_letters > 3 else None)(running.get_status("python")))
source = next(each for each in status.components if each.id == "source")
assert source.out_total > 0 and source.state
assert status.connections[0].total > 0
assert running.list_recent_messages("python", "source.out").messages
assert any(seen.fields for seen in running.list_seen_fields("python").connections)
step(f"it is deployed, and its figures live: {status.sentence}")

injection = api.Injection(payloads=[{"vehicle": "none"}, {"vehicle": "7"}])
key = str(uuid.uuid4())
assert running.inject_messages("python", "number", injection, idempotency_key=key).accepted == 2
assert running.inject_messages("python", "number", injection, idempotency_key=key).accepted == 2
assert refused(404, lambda: running.get_status("nobody")).detail
step("messages are injected, once for each key")

running.stop_flow("python", wait="30s")
page = dead_letters.list_dead_letters("python", limit=2)
following = dead_letters.list_dead_letters("python", limit=2, after=page.next)
assert len({each.sequence for each in page.items + following.items}) == 4
letter = dead_letters.get_dead_letter("python", page.items[0].sequence)
assert letter.reason and letter.can_resend and letter.payload
running.start_flow("python", wait="30s")
resent = dead_letters.resend_dead_letters(
    "python", dead_letter_choice=api.DeadLetterChoice(sequences=[letter.sequence])
)
assert (resent.resent, resent.failed) == (1, [])
dead_letters.discard_dead_letter("python", page.items[1].sequence)
running.stop_flow("python", wait="30s")
assert dead_letters.discard_dead_letters("python").discarded > 0
assert dead_letters.list_dead_letters("python").total == 0
step("dead letters are paged, looked at, resent and discarded")

kept = bytes(backup.make_backup())
flows.delete_flow("python")
assert refused(404, lambda: flows.get_flow("python")).detail
preview = backup.restore_backup(kept, preview=True)
assert preview.undo_with is None
assert any("python" in " ".join(bucket.added) for bucket in preview.buckets)
refused(404, lambda: flows.get_flow("python"))
restored = backup.restore_backup(kept)
assert restored.undo_with
assert flows.get_flow("python").name == "Changed from Python"
assert any(each.name == restored.undo_with and each.bytes > 0 for each in backup.list_backups().items)
step("a backup is taken, tried and restored")

flows.delete_flow("python")
assert "python" not in [each.id for each in flows.list_flows().items]
assert api.OperationsApi(client).get_liveness().status == "ok"
step("the flow is deleted")
