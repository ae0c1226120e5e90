# Twilio Conversations: webhooks (post-event, each request's parameters as one JSON object), Event Streams
# (CloudEvents with data), or messages of the REST API (GET Conversations/CH.../Messages).
#
# options: messages.ids=text
# arguments: none
#
# For desks whose customers write from numbers and accounts of channels (SMS, WhatsApp, Messenger) and whose
# agents have identities. Web chat gives both sides identities: such a feed needs a mapping of its own.
#
# b          the conversation, as in CH...
# a          the author's identity; absent of a customer's message
# direction  an author that is an address of a channel (+49..., whatsapp:+49..., messenger:..., rcs:...) is
#            the customer; any other identity, a mail address too, is an agent
# automated  the author system, which the API writes where none is given
# closes     the state became closed (inactive is a timer's pause, not an end)
# left out   updates and removals of messages, deliveries, participants, pre-action webhooks (onMessageAdd)
# labels     channel (the address's kind)
#
# Checked in www.twilio.com/docs: Conversations Webhooks (EventType, ConversationSid, Author, DateCreated,
# Source; onConversationStateUpdated: StateTo, StateUpdated), Conversations events of Event Streams
# (com.twilio.conversations.message.added, conversation-state.updated), Conversation Message Resource
# (conversation_sid); what the webhook sends also in tests of public code.
# Not verified: StateUpdated in the webhook, which Event Streams document; author and date_created of the
# REST API's messages; the spelling of less common addresses.
#
# With closes, the sample: session CH0001 of 09:06 ends at 09:10.

def address: test("^\\+?[0-9]{5,}$|^(whatsapp|messenger|rcs|sms|viber|instagram):");
def channel: if contains(":") then split(":")[0] else "sms" end;

(if type == "array" then .[]
 elif (.messages | type) == "array" then .messages[]
 elif .specversion != null then
   .data + {
     EventType: {
       "com.twilio.conversations.message.added": "onMessageAdded",
       "com.twilio.conversations.conversation-state.updated": "onConversationStateUpdated"
     }[.type]
   }
 else . end)
| if .EventType == "onMessageAdded" or (.EventType == null and .conversation_sid != null) then
    (.Author // .author) as $author
    | {b: (.ConversationSid // .conversation_sid), ts: (.DateCreated // .date_created)}
      + (if $author | address then {direct: false, labels: {channel: ($author | channel)}}
         else {direct: true, a: $author, automated: ($author == "system")} end)
  elif .EventType == "onConversationStateUpdated" and .StateTo == "closed" then
    {b: .ConversationSid, ts: .StateUpdated, closes: true}
  else empty end
