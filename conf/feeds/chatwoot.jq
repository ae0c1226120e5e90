# Chatwoot, account webhooks (or the webhook of an API inbox or of an agent bot), one delivery a record.
#
# options: messages.ids=text, messages.epoch-unit=seconds
# arguments: none
#
# Subscribe the webhook to message_created and conversation_status_changed.
#
# b          the conversation: the number that agents see, unique in one account
# a          the user who wrote; of a customer's message: whom the conversation is assigned to, absent
#            where that is nobody. Ids of bots may be those of users too: they get their kind before them,
#            as in agent_bot:3. An outgoing message without a sender (typed on a phone, sent through the
#            channel's own app) is by "unknown", one of an automation rule by "automation"
# automated  templates (greetings, surveys), bots and Captain, automation rules, campaigns
# closes     the status became resolved. Before updated_at was in the payload, the last activity is its time
# left out   private notes, activity messages (assigned, resolved: never delivered), message_updated (an
#            edit delivered again), every other event
# labels     inbox, channel, priority, team
#
# Checked in chatwoot/chatwoot: app/models/message.rb (webhook_data, message_type), user.rb and
# agent_bot.rb (webhook_data: type), app/models/conversation.rb (status, notify_status_change),
# app/presenters/conversations/event_data_presenter.rb (id, meta, priority, updated_at in seconds),
# app/listeners/webhook_listener.rb and base_listener.rb (events), app/models/concerns/
# message_filter_helpers.rb (what is sent: templates and private notes are), the message builder
# (automation_rule_id, campaign_id); shapes in chatwoot/docs: docs/product/others/webhook-events.md.
# Not verified: that every version sends additional_attributes, and with it campaign_id.
#
# With closes, the sample: session 12 of 09:06 ends at 09:10:00.5, session 16 of 11:00 at 11:30.

def id:
  if . == null then null
  elif .type == null or .type == "user" then .id
  else "\(.type):\(.id)" end;

if .event == "message_created" and .private != true then
  (.message_type == "incoming") as $incoming
  | select($incoming or .message_type == "outgoing" or .message_type == "template")
  | .conversation as $c
  | (($incoming | not)
     and (.message_type == "template"
       or (.sender.type != null and .sender.type != "user")
       or .content_attributes.automation_rule_id != null
       or .additional_attributes.campaign_id != null)) as $automated
  | {
      b: $c.id,
      ts: .created_at,
      direct: ($incoming | not),
      a: (if $incoming then $c.meta.assignee | id
        elif .sender != null then .sender | id
        elif $automated then "automation"
        else "unknown" end),
      automated: $automated,
      agent: (if $incoming then $c.meta.assignee.name else .sender.name end),
      customer: $c.meta.sender.name,
      labels: {inbox: $c.inbox_id, channel: $c.channel, priority: $c.priority, team: $c.meta.team.name}
    }
elif .event == "conversation_status_changed" and .status == "resolved" then
  {b: .id, ts: (.updated_at // .timestamp), closes: true}
else empty end
