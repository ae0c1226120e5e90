# HubSpot conversations (inbox and help desk), messages of a thread (GET threads/ID/messages: pages with
# results, or one message a record).
#
# options: messages.ids=text
# arguments: none
#
# b          the thread (conversationsThreadId)
# a          the actor who sent, as in A-88; of a visitor's message absent: the thread has an assignee, its
#            messages do not
# direction  direction: INCOMING is the visitor's, OUTGOING the desk's
# automated  welcome messages, and whatever goes out from another actor than an agent (A-): bots (B-), the
#            system (S-), integrations (I-)
# closes     THREAD_STATUS_CHANGE with newStatus CLOSED
# left out   COMMENT (internal), ASSIGNMENT and all other types
# labels     channel_id (a number: the channels of the account say what it is)
#
# Checked in developers.hubspot.com: the reference of messages (type, conversationsThreadId, createdAt,
# createdBy, senders, direction, channelId). Types of messages, newStatus and the prefixes A-, B-, S- and V-
# are so in public clients.
# Not verified: the prefix I-; that a message of an agent sent by way of an integration keeps the agent as
# its sender.
#
# With closes, the sample: session 9102 of 09:06 ends at 09:10.

def put($key; $value): if $value == null or $value == "" then . else .[$key] = $value end;

(if type == "array" then .[] elif (.results | type) == "array" then .results[] else . end)
| . as $m
| (if .type == "WELCOME_MESSAGE" or (.type == "MESSAGE" and .direction == "OUTGOING") then
     (.senders[0].actorId // .createdBy) as $actor
     | {
         a: $actor,
         direct: true,
         automated: (.type == "WELCOME_MESSAGE" or ($actor | startswith("A-") | not))
       }
     | put("agent"; $m.senders[0].name)
   elif .type == "MESSAGE" then
     {direct: false} | put("customer"; $m.senders[0].name)
   elif .type == "THREAD_STATUS_CHANGE" and .newStatus == "CLOSED" then {closes: true}
   else empty end)
  + {b: .conversationsThreadId, ts: .createdAt}
| if $m.channelId == null then . else .labels = {channel_id: $m.channelId} end
