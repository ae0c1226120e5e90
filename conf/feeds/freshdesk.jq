# Freshdesk, tickets with their conversations (GET tickets/ID?include=conversations,stats,requester), or
# conversations alone (GET tickets/ID/conversations: one a record, or the array).
#
# options: none
# arguments: none
#
# The ticket itself is the customer's first message: conversations alone begin with the second.
#
# b          the ticket
# a          the agent who wrote (user_id); absent of a customer's message, for the record says only who has
#            the ticket now
# direction  incoming: true is the customer's. A public note of an agent is an answer
# automated  nothing: automatic mails are no conversations
# closes     resolved_at and closed_at of the ticket's stats, while its status is 4 (resolved) or 5 (closed)
# left out   private notes (private: true), surveys (source 6), tickets that an agent opened (source 10,
#            outbound mail: the customer asks with the first conversation), spam, deleted tickets
# labels     channel (the ticket's source by name), priority, group_id, type
#
# Checked in developers.freshworks.com: ConversationsApi, Conversation (incoming, private, source, user and
# ticket), onConversationCreate (replies and public notes are responses); singer-io/tap-freshdesk: the schema
# of conversations and what it says of incoming and private.
# Not verified against the API's own page: the numbers of source, status and priority, stats and include
# of tickets (they are so in public clients); how an agent's forward to a third person differs from an
# answer (it counts as one); that source 6 of a conversation is a survey's feedback; a ticket that is
# answered and resolved in one step: if resolved_at lay before the answer, the session would end without
# one.
#
# With closes, the sample: session 801 of 09:40 ends at 10:00.

def put($key; $value): if $value == null or $value == "" then . else .[$key] = $value end;
def channel:
  {"1": "email", "2": "portal", "3": "phone", "7": "chat", "9": "widget", "10": "outbound"}[tostring];

def conversation($b; $labels):
  select(.private != true and .source != 6)
  | (if .incoming == true then {direct: false} else {direct: true, a: .user_id} end)
    + {b: $b, ts: .created_at}
  | if $labels == {} then . else .labels = $labels end;

(if type == "array" then .[] else . end)
| if .ticket_id != null then
    .ticket_id as $b | conversation($b; {})
  else
    select(.spam != true and .deleted != true)
    | . as $t
    | ({}
        | put("channel"; if $t.source == null then null else $t.source | channel end)
        | put("priority"; {"1": "low", "2": "medium", "3": "high", "4": "urgent"}[$t.priority | tostring])
        | put("group_id"; $t.group_id)
        | put("type"; $t.type)) as $labels
    | (
        (
          select($t.source != 10)
          | {b: $t.id, ts: $t.created_at, direct: false, labels: $labels}
        ),
        ($t.conversations[]? | conversation($t.id; $labels)),
        (
          select($t.status == 4 or $t.status == 5)
          | ($t.stats.resolved_at, $t.stats.closed_at)
          | select(. != null)
          | {b: $t.id, ts: ., closes: true}
        )
      )
    | if .direct == false then put("customer"; $t.requester.name) else . end
  end
