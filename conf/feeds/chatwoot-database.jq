# Chatwoot, the rows of its PostgreSQL tables messages and conversations: by Debezium (the row after the
# change), an export (CSV too) or a warehouse. Without the table conversations nothing closes.
#
# options: messages.ids=text, messages.epoch-unit=microseconds
# arguments: none
#
# Debezium gives timestamps as microseconds since 1970 (time.precision.mode adaptive). Rows with seconds
# need messages.epoch-unit=seconds; rows with text need no unit.
#
# b          the conversation: conversations.id, not the number that agents see
# a          the user who wrote (sender_id); absent of a customer's message, for the row does not say whom
#            the conversation was assigned to. Others than users get their kind before them, as in
#            AgentBot:3; outgoing without a sender (typed on a phone, sent through the channel's own app) is
#            by "unknown", one of an automation rule by "automation"
# automated  templates (message_type 3), senders that are no users (AgentBot, Captain::Assistant),
#            automation rules, campaigns
# closes     a row of conversations with status 1 (resolved), at its updated_at
# left out   private notes, activity messages (message_type 2), deletes. A row that is updated later
#            (delivered, read, edited) comes again with the same created_at and changes nothing
# labels     inbox
#
# Checked in chatwoot/chatwoot: app/models/message.rb and app/models/conversation.rb (columns, enums
# message_type and status), the message builder (automation_rule_id, campaign_id).
# Not verified: Captain::Assistant as sender_type (a part of the enterprise edition). JSON columns are
# text in Debezium's rows and objects elsewhere: both are read.
#
# With closes, the sample: session 7002 of 09:06 ends at 09:10.

# JSON columns, as text or as objects.
def object:
  (if type == "string" then (try fromjson catch {}) else . end) | if type == "object" then . else {} end;
# CSV has nothing but texts.
def number: if type == "string" then (tonumber? // null) else . end;
def yes: . == true or . == "t" or . == "true";

if .message_type != null then
  (.message_type | number) as $type
  | select(($type == 0 or $type == 1 or $type == 3) and (.private | yes | not))
  | (if $type == 0 then {direct: false}
     else
       (.sender_id | number) as $sender
       | ($type == 3
          or ($sender != null and .sender_type != "User")
          or (.content_attributes | object | .automation_rule_id != null)
          or (.additional_attributes | object | .campaign_id != null)) as $automated
       | {
           a: (if $sender == null then (if $automated then "automation" else "unknown" end)
               elif .sender_type == "User" then $sender
               else "\(.sender_type):\($sender)" end),
           direct: true,
           automated: $automated
         }
     end)
    + {b: .conversation_id, ts: .created_at, labels: {inbox: .inbox_id}}
elif .display_id != null and (.status | number) == 1 then
  {b: .id, ts: .updated_at, closes: true}
else empty end
