# Rocket.Chat omnichannel (livechat), documents of the collection rocketchat_message (an export, the REST
# API's messages) or deliveries of the omnichannel webhook.
#
# options: messages.ids=text, messages.epoch-unit=milliseconds
# arguments: none
#
# Export the messages of omnichannel rooms only (rooms of type "l"). Of the webhook choose "Visitor
# Messages", "Agent Messages" and "Chat Close".
#
# b          the room: one conversation with one visitor
# a          the user who wrote; of a visitor's message the agent who serves the room, where the webhook
#            says it, absent in documents of the collection and while nobody has taken the chat
# direction  a document with a token, and a webhook's message without agentId, is the visitor's
# automated  messages of apps and integrations (bot) and of the user rocket.cat
# closes     a message of type livechat-close; a delivery of type LivechatSession at its closedAt
# left out   system messages (joined, transferred, removed, navigation, transcript: t is there), hidden and
#            private messages, the transcript that a LivechatSession carries (its messages have been
#            delivered as Message before). An edited message comes again with the same ts and changes nothing
# labels     department (webhook only, where the delivery has it)
#
# Checked in RocketChat/Rocket.Chat: packages/core-typings/src/IMessage/IMessage.ts (token, t, _hidden,
# private, bot, editedAt; types of messages), apps/meteor/app/livechat/server/hooks/sendToCRM.ts (the
# webhook: types, messages, agentId, closingMessage, closedAt, departmentId); shape in docs.rocket.chat:
# Configure Omnichannel Event Webhooks, with sample payloads.
# Not verified: the inside of bot where it is no boolean; whether a version writes u.type.
#
# With closes, the sample: session roomB of 10:06 ends at 10:10, session roomC of 11:04 at 11:10.

def put($key; $value): if $value == null then . else .[$key] = $value end;

# {"$date": text}, {"$date": {"$numberLong": text}} and {"$date": number} of MongoDB's exports.
def time:
  if type == "object" then .["$date"] | if type == "object" then .["$numberLong"] else . end else . end;

def bot: (.bot != null and .bot != false) or .u._id == "rocket.cat";

if type == "object" and (.messages | type) == "array" then
  . as $room
  | if .type == "Message" then
      .messages[]
      | select(.closingMessage != true and .navigation == null)
      | (if .agentId == null then {direct: false} | put("a"; $room.agent._id)
         else {direct: true, a: .agentId, automated: bot} | put("agent"; .u.name) end)
        + {b: $room._id, ts: .ts}
      | put("customer"; $room.visitor.name)
      | if $room.departmentId == null then . else .labels = {department: $room.departmentId} end
    elif .type == "LivechatSession" and .closedAt != null then
      {b: ._id, ts: .closedAt, closes: true}
    else empty end
elif .t == "livechat-close" then
  {b: .rid, ts: (.ts | time), closes: true}
else
  select(.rid != null and .t == null and ._hidden != true and .private != true)
  | (if .token != null then {direct: false} | put("customer"; .u.name)
     else {direct: true, a: .u._id, automated: bot} | put("agent"; .u.name) end)
    + {b: .rid, ts: (.ts | time)}
end
