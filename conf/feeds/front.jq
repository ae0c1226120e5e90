# Front, events (GET /events or a conversation's events: pages with _results, or one event a record; the
# application webhook's payload too), or messages of a conversation (GET conversations/ID/messages).
#
# options: messages.ids=text, messages.epoch-unit=seconds
# arguments: none
#
# Prefer events: messages alone know of no archiving.
#
# b          the conversation, as in cnv_1a
# a          the teammate who wrote (author), "unknown" where an outgoing message has no author (sent past
#            Front, or through the API); of a customer's message the conversation's assignee, absent where
#            nobody has it or the record does not say
# direction  is_inbound
# automated  nothing: Front does not mark what a rule has sent
# closes     events of type archive and trash
# left out   drafts, comments, mentions, moves, tags, all other events; events of types inbound, outbound
#            and out_reply carry the message itself
# labels     channel (the message's type)
#
# Checked in dev.frontapp.com: Events (types, sources, targets), List Events (emitted_at, target.data,
# conversation), Messages (is_inbound, is_draft, created_at in seconds with a fraction, author,
# _links.related.conversation); the public client front-api: MessageResponse (draft_mode, recipients).
# Not verified: the author of a rule's reply; that every delivery of the webhook has target.data in full
# (previews have not: fetch the event).
#
# With closes, the sample: session cnv_101 of 09:06:00.123 ends at 09:10:00.5.

def put($key; $value): if $value == null or $value == "" then . else .[$key] = $value end;
def name: [.first_name, .last_name | select(. != null and . != "")] | join(" ");

def message($b; $assignee):
  select(.is_draft != true and .draft_mode == null)
  | . as $m
  | (if .is_inbound == true then
       {direct: false}
       | put("a"; $assignee)
       | put("customer"; [$m.recipients[]? | select(.role == "from") | .name][0])
     else
       {direct: true, a: ($m.author.id // "unknown")}
       | put("agent"; if $m.author == null then null else $m.author | name end)
     end)
    + {b: $b, ts: .created_at, labels: ({} | put("channel"; $m.type))};

(if type == "array" then .[] elif (._results | type) == "array" then ._results[] else . end)
| if .emitted_at != null then
    .conversation as $c
    | if .type == "inbound" or .type == "outbound" or .type == "out_reply" then
        .target.data | message($c.id; $c.assignee.id)
      elif .type == "archive" or .type == "trash" then
        {b: $c.id, ts: .emitted_at, closes: true}
      else empty end
  elif .is_inbound != null then
    (.conversation_id // (._links.related.conversation | split("/") | last)) as $b | message($b; null)
  else empty end
