# Intercom, conversations with their source and parts (GET /conversations/ID, one a record), or the
# webhook's notifications about conversations.
#
# options: messages.ids=text, messages.epoch-unit=seconds
# arguments: none
#
# Lists and searches of conversations come without parts: fetch each conversation (its latest 500 parts).
#
# b          the conversation
# a          the teammate (admin) who wrote; absent of a contact's message, for the record says only who has
#            the conversation now
# direction  the type of the author: user, lead and contact ask, admin, team and bot answer
# automated  bots, the AI agent (from_ai_agent), the Operator, and a source that Intercom sent on somebody's
#            behalf: campaigns_initiated, operator_initiated, automated
# message    the source, parts of type comment, and parts of type open, assignment and close that have a body
#            or attachments: a teammate may answer while assigning, closing or opening
# closes     parts of type close, after the message in them
# left out   notes, all other parts (assignments without text, ratings, attributes, snoozes). Of a
#            notification, the source, unless the conversation has just been created
# labels     channel (the source's type), priority, team_id
#
# Checked in developers.intercom.com: the conversation and conversation part models; intercom/intercom-node:
# src/api/types/ConversationPart.ts, ConversationPartAuthor.ts (from_ai_agent), ConversationSource.ts
# (delivered_as), AssignConversationRequest.ts and CloseConversationRequest.ts (a body is a message).
# Not verified: that the author of the Operator always has an address operator+...; the order of the parts
# within a second, which matters for nothing but two parts of one author.
#
# With closes, the sample: session 501 of 09:06 ends at 09:10.

def put($key; $value): if $value == null or $value == "" then . else .[$key] = $value end;
def content: (.body != null and .body != "") or ((.attachments // []) | length > 0);

# The message of a source or part as input, by its author.
def message($ts):
  .author as $author
  | if $author.type == "user" or $author.type == "lead" or $author.type == "contact" then
      {ts: $ts, direct: false} | put("customer"; $author.name)
    elif $author.type == "admin" or $author.type == "team" or $author.type == "bot" then
      {
        a: ($author.id // "bot"),
        ts: $ts,
        direct: true,
        automated: ($author.type == "bot"
          or $author.from_ai_agent == true
          or (($author.email // "") | startswith("operator+"))
          or .delivered_as == "campaigns_initiated"
          or .delivered_as == "operator_initiated"
          or .delivered_as == "automated")
      }
      | put("agent"; $author.name)
    else empty end;

. as $record
| (if .type == "notification_event" then .data.item else . end)
| select(.source != null or .conversation_parts != null)
| . as $c
| ({}
    | put("channel"; $c.source.type)
    | put("priority"; $c.priority)
    | put("team_id"; $c.team_assignee_id)) as $labels
| (
    (
      select($record.topic == null or ($record.topic | endswith(".created")))
      | .source
      | select(. != null)
      | message($c.created_at)
    ),
    (
      (.conversation_parts | if type == "array" then . else .conversation_parts // [] end)[]
      | (
          select(.part_type == "comment"
            or ((.part_type == "open" or .part_type == "assignment" or .part_type == "close") and content))
          | message(.created_at)
        ),
        (select(.part_type == "close") | {ts: .created_at, closes: true})
    )
  )
| . + (if $labels == {} then {b: $c.id} else {b: $c.id, labels: $labels} end)
