# Zendesk Support: the incremental export of ticket events with include=comment_events (pages or single
# events), ticket audits (with the history of a chat or a messaging conversation within), rows of ticket
# comments as warehouses keep them (id, created, public, ticket_id, user_id), also from CSV.
#
# options: messages.epoch-unit=milliseconds
# arguments: messages.jq.json-file.users=FILE, a JSON object from user id to role, as in {"21": "agent"}
#
# $users needs only those who answer (agent, admin): a user who is not in it, or whose role is end-user,
# asks. The limit of such a file is 1 MB.
#
# b          the ticket
# a          the author of the comment, 0 for -1 (Zendesk itself; in a message -1 is nobody); absent of an
#            end user's comment
# direction  the author's role. public says who may read, not who wrote
# automated  author -1, comments by way of a rule; in a chat whoever is neither agent nor end user
# closes     the status became solved or closed; a comment in the same event comes first
# left out   private comments, all other changes; in a chat's history who joins, leaves, is transferred
# labels     channel (via), where the event says it
#
# Comments of GET tickets/ID/comments have no ticket in them: use the export or the audits.
#
# Checked in developer.zendesk.com: Incremental Exports (ticket events, comment_events), Ticket Comments
# (author_id, public); airbytehq/airbyte: source-zendesk-support/unit_tests/test_data/
# data.py (an event with child_events: event_type, author_id, public, created_at, via as text).
# Not verified: how a change of status stands in child_events (read as status) and in audits (field_name
# and value); the history within ChatStartedEvent beyond type, actor_type, actor_id and timestamp
# (milliseconds); how a rule's comment names its channel in the export (rule is looked for in any case).
#
# With closes, the sample: session 901 of 09:26 ends at 09:30.

def channel: .via | if type == "object" then .channel else . end;
def number: if type == "string" then (tonumber? // .) else . end;  # texts of CSV
def sender: if . == -1 then 0 else . end;
def yes: . == true or . == "true" or . == "TRUE" or . == "t" or . == "1";
def agent: ($users[tostring] // "end-user") != "end-user";

# One comment: {ticket, author, ts, channel} as input.
def comment:
  (.channel // "" | tostring | ascii_downcase) as $channel
  | (.author == -1 or ($channel | test("rule|trigger|automation"))) as $automated
  | {b: .ticket, ts: .ts, automated: $automated}
    + (if $channel == "" then {} else {labels: {channel: $channel}} end)
    + (if $automated or (.author | agent) then {a: (.author | sender), direct: true}
       else {direct: false} end);

def audit:
  . as $audit
  | (.child_events // .events)[]
  | (.event_type // .type) as $type
  | if $type == "Comment" then
      select(.public | yes)
      | {
          ticket: $audit.ticket_id,
          author: .author_id,
          ts: (.created_at // $audit.created_at),
          channel: (channel // ($audit | channel))
        }
      | comment
    elif $type == "ChatStartedEvent" then
      .value.history[]?
      | select(.type == "ChatMessage")
      | {b: $audit.ticket_id, ts: .timestamp, labels: {channel: "chat"}}
        + (if .actor_type == "end-user" then {direct: false}
           else {direct: true, a: (.actor_id | sender), automated: (.actor_type != "agent")} end)
    elif (.status // (if .field_name == "status" then .value else null end)) as $status
      | $status == "solved" or $status == "closed" then
      {b: $audit.ticket_id, ts: $audit.created_at, closes: true}
    else empty end;

if (.ticket_events | type) == "array" then .ticket_events[] | audit
elif (.audits | type) == "array" then .audits[] | audit
elif .child_events != null or .events != null then audit
else
  select(.ticket_id != null and (.public | yes))
  | {
      ticket: (.ticket_id | number),
      author: (.author_id // .user_id | number),
      ts: (.created_at // .created),
      channel: channel
    }
  | comment
end
