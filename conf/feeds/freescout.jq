# FreeScout, rows of its table threads: an export as CSV, or Debezium (the row after the change).
#
# options: none
# arguments: none
#
# FreeScout keeps times in the time zone of its configuration (app.timezone, UTC unless changed):
# messages.time-zone says which. Debezium of MySQL gives them as text in UTC.
#
# b          the conversation (conversation_id)
# a          the user who wrote (created_by_user_id); of a customer's thread whom the conversation was
#            assigned to (user_id), absent where that is nobody
# direction  type 1 is the customer's, type 2 the user's
# automated  nothing: automatic replies are no threads (they are in send_logs)
# closes     a published thread of a user (answer, note or line item) with status 3; the answer in it comes
#            first
# left out   drafts (state 1), hidden threads (state 3), those under review (state 4), notes (type 3) and
#            line items (type 4)
# labels     channel (source_type, where the row has it)
#
# Checked in freescout-help-desk/freescout: app/Thread.php (types, statuses, states, source types, action
# types), the migrations of threads (columns), app/Conversation.php (changeStatus and changeUser write line
# items: status 6 is no change), app/Http/Controllers/ConversationsController.php (status of answers and
# notes, created_at of a sent draft), app/Jobs/SendAutoReply.php.
# Not verified: the threads that the module for workflows writes: they count as their user's.
#
# With closes, the sample: session 301 of 09:40 ends at 10:00.

def put($key; $value): if $value == null then . else .[$key] = $value end;

# Numbers, also those that a CSV file has as text; nothing for an empty text and NULL.
def number:
  if type != "string" then . elif . == "" or . == "NULL" or . == "\\N" then null else tonumber end;

select((.state | number) == 2)
| (.type | number) as $type
| . as $t
| (
    (
      (if $type == 1 then {direct: false} | put("a"; $t.user_id | number)
       elif $type == 2 then {direct: true, a: ((.created_by_user_id | number) // (.user_id | number))}
       else empty end)
      | put("labels";
          {"1": "email", "2": "web", "3": "api"}[$t.source_type | number | tostring]
          | if . == null then null else {channel: .} end)
    ),
    (select($type != 1 and (.status | number) == 3) | {closes: true})
  )
| . + {b: ($t.conversation_id | number), ts: $t.created_at}
