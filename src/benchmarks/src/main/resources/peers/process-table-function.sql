-- First responses by a function that has state and timers for each customer.

select b, b_ts, a, a_ts, asked_a
from first_responses(
  message => table messages partition by b,
  on_time => descriptor(sent),
  uid => 'first-responses'
)
