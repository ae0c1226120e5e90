# Help Scout, conversations with their threads (Mailbox API 2.0: GET conversations?embed=threads or
# conversations/ID?embed=threads, pages or one a record; the webhook's payload of version 2 is the same
# object), or single threads with a conversationId.
#
# options: none
# arguments: none
#
# b          the conversation
# a          the user who wrote; of a customer's thread whom the thread is assigned to, absent where that is
#            nobody or a team
# direction  the type of createdBy: customer asks, user answers
# automated  system users (AI) in version 3 of the API, where createdBy says so
# closes     a line item with status closed, an answer or a note with which the conversation was closed
# left out   notes, line items, forwards, drafts, hidden threads and those under review (state), threads of
#            type phone (a call that somebody wrote down)
# labels     channel (the source's type), mailbox_id
#
# A webhook carries all threads each time: what was there before comes again and changes nothing, but an old
# thread is late in a stream. Read webhooks in batch, or fetch the threads.
#
# Checked in developer.helpscout.com: List Threads (v2, v3), Conversation Object and Thread Object of the
# webhooks (types, states, statuses, actions); helpscout/helpscout-api-php: tests/Payloads/
# ThreadPayloads.php and ConversationPayloads.php (_embedded.threads, createdBy, assignedTo, source).
# Not verified: how a workflow's reply is marked: it counts as its user's; how a thread says that nobody has
# it: without assignedTo and with id 0 are both read as nobody.
#
# With closes, the sample: session 601 of 09:06 ends at 09:10.

def put($key; $value): if $value == null or $value == "" then . else .[$key] = $value end;
def name: [.first, .last | select(. != null and . != "")] | join(" ");

(if type == "array" then .[]
 elif (._embedded.conversations | type) == "array" then ._embedded.conversations[]
 else . end)
| . as $c
| ({} | put("channel"; $c.source.type) | put("mailbox_id"; $c.mailboxId)) as $labels
| (if .conversationId != null then . else ._embedded.threads // [] | .[] end)
| select(.state == null or .state == "published")
| . as $t
| (
    (
      select(.type == "customer" or .type == "message" or .type == "chat")
      | (if .createdBy.type == "customer" then
           {direct: false}
           | put("a"; $t.assignedTo | if .type == "team" or .id == 0 then null else .id end)
           | put("customer"; $t.createdBy | name)
         else
           {direct: true, a: .createdBy.id, automated: (.createdBy.type == "system_user")}
           | put("agent"; $t.createdBy | name)
         end)
        + {labels: $labels}
    ),
    (select(.type != "customer" and .status == "closed") | {closes: true})
  )
| . + {b: ($c.conversationId // $c.id), ts: $t.createdAt}
