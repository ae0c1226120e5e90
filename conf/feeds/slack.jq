# Slack, message events of the Events API (with their envelope or without), the days of a workspace
# export, pages of conversations.history and conversations.replies.
#
# options: messages.ids=text, messages.epoch-unit=seconds
# arguments: messages.jq.json-file.agents=FILE, a JSON array of the user ids of those who answer
#
# b          the thread: channel and ts of its first message, as in C024BE91L:1772442000.000100; in an
#            export the folder is the channel and no record has it: only the ts (of microseconds). A direct
#            message outside a thread belongs to its channel, D024BE91L
# a          the user who wrote; absent of a customer's message
# direction  who is in $agents answers, everybody else asks. Ask and answer in threads: each message that
#            begins none is a conversation of its own
# automated  messages of bots and integrations (bot_id, subtype bot_message), workflows too
# closes     nothing: Slack does not know it
# left out   edits and deletions (message_changed, message_deleted), joins, topics and all other notices of
#            a channel; message_replied, which only says that a thread has grown
# labels     channel, where the record has it
#
# Checked in docs.slack.dev: reference/events/message (envelope, ts, thread_ts, channel_type),
# message/message_replied, message/thread_broadcast, BotMessageEvent; the types of slackapi/node-slack-sdk:
# events/message (subtypes, bot_id, parent_user_id).
# Not verified: user_profile.real_name, the name in an export's records (without it there is no name).

def put($key; $value): if $value == null or $value == "" then . else .[$key] = $value end;

(if type == "array" then .[] elif (.messages | type) == "array" then .messages[] else . end)
| (if .type == "event_callback" then .event else . end)
| select(
    .type == "message"
    and .hidden != true
    and (.subtype == null or .subtype == "thread_broadcast" or .subtype == "file_share"
         or .subtype == "me_message" or .subtype == "bot_message"))
| . as $m
| (.bot_id != null or .subtype == "bot_message") as $bot
| (.user_profile.real_name // .username) as $name
| ($bot or ($agents | index([$m.user]) != null)) as $direct
| (.thread_ts // .ts) as $thread
| {
    b: (if .channel == null then $thread
        elif .thread_ts == null and (.channel_type == "im" or (.channel | startswith("D"))) then .channel
        else "\(.channel):\($thread)" end),
    ts: .ts,
    direct: $direct,
    automated: $bot
  }
| if $m.channel == null then . else .labels = {channel: $m.channel} end
| if $direct then .a = ($m.user // $m.bot_id) | put("agent"; $name) else put("customer"; $name) end
