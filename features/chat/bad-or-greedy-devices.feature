@chat @websocket-manager
Feature: Bad or greedy devices
  A program that never stops talking, a stolen script that tries passwords, a tab that floods: each costs the customers
  beside it their speed. They are slowed down and told so; nobody else notices.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Risk reduction
    Impact: One greedy device or address takes nothing away from any other customer
    Revenue: chat

  @WS-10
  Rule: Bad or greedy devices are contained

    @integration
    Scenario Outline: A bad message is answered with its reason and the line stays usable: <case>
      Given Dana watches the thread "Q3 spend" on a line of her phone
      When her phone says <message>
      Then her phone is told "<reason>" about "<field>" of <ref>: <words>
      And her phone is still answered when it asks for a sign of life

      Examples:
        | case             | message                                | reason               | field    | ref     | words |
        | not JSON         | a torn message                         | invalid_json         |          | nothing | The message is not JSON. |
        | binary           | a message in binary form               | binary_not_supported |          | nothing | Messages are JSON text; binary frames are not read. |
        | blank text       | a question of blanks                   | invalid_message      | text     | m-1     | "text" must not be blank |

    @unit
    Scenario Outline: What a device says is understood or refused by name: <case>
      When <message> is heard
      Then it is refused as "<reason>" about "<field>" of <ref>: <words>

      Examples:
        | case             | message                                | reason               | field    | ref     | words |
        | a list           | a list instead of a message            | invalid_message      |          | nothing | A message is a JSON object with a "type". |
        | nothing at all   | null instead of a message              | invalid_message      |          | nothing | A message is a JSON object with a "type". |
        | a number         | a number instead of a message          | invalid_message      |          | nothing | A message is a JSON object with a "type". |
        | no type          | a message without a type               | invalid_message      | type     | m-1     | "type" is missing |
        | blank type       | a message of a blank type              | invalid_message      | type     | m-1     | "type" is missing |
        | unknown type     | a message of a type nobody knows       | unknown_type         | type     | m-1     | This type is not known. Known are subscribe, unsubscribe, send_message, cancel_run, renew, ping, pong. |
        | unknown field    | a message with a field nobody knows    | invalid_message      | userId   | m-1     | "userId" is not a known field |
        | __proto__        | a message with a field __proto__       | invalid_message      | __proto__ | m-1    | "__proto__" is not a known field |
        | long field       | a message with a field of 70 letters   | invalid_message      | ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff | m-1 | "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff" is not a known field |
        | 8,001 characters | a question of 8,001 characters         | invalid_message      | text     | m-1     | "text" must have at most 8000 characters |
        | blank name       | a question of a blank name             | invalid_message      | clientMessageId | m-1 | "clientMessageId" must not be blank |
        | long name        | a question whose name has 129 characters | invalid_message    | clientMessageId | m-1 | "clientMessageId" must have at most 128 characters |
        | NUL in the name  | a question whose name has a NUL character | invalid_message   | clientMessageId | m-1 | "clientMessageId" must not contain a NUL character |
        | half in the name | a question whose name has half an emoji | invalid_message     | clientMessageId | m-1 | "clientMessageId" must not contain half a character |
        | an alien thread  | a question to something not a thread   | invalid_message      | threadId | m-1     | "threadId" must be a thread id, written as thread_ and 26 characters; this is too short. |
        | longest ref      | a message whose ref has 128 characters | invalid_message      | type     | mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm | "type" is missing |
        | ref a list       | a message whose ref is a list          | invalid_message      | type     | nothing | "type" is missing |
        | ref too long     | a message whose ref has 129 characters | invalid_message      | type     | nothing | "type" is missing |
        | ref no text      | a message whose ref is a number        | invalid_message      | type     | nothing | "type" is missing |

    @unit
    Scenario Outline: A message is refused where it is not what was agreed: <case>
      When "<type>" is heard with <field> as <value>
      Then it is refused about "<field>"

      Examples:
        | case                     | type         | field           | value               |
        | following before 0       | subscribe    | afterSeq        | -1                  |
        | following half an event  | subscribe    | afterSeq        | 0.5                 |
        | following no thread      | subscribe    | threadId        | "Q3 spend"          |
        | following with a blank ref | subscribe  | ref             | ""                  |
        | following with more      | subscribe    | mood            | "fine"              |
        | leaving no thread        | unsubscribe  | threadId        | left out            |
        | leaving with more        | unsubscribe  | mood            | "fine"              |
        | asking unnamed           | send_message | clientMessageId | ""                  |
        | asking without words     | send_message | text            | left out            |
        | stopping no run          | cancel_run   | runId           | "run 7"             |
        | stopping with more       | cancel_run   | mood            | "fine"              |
        | renewing with nothing    | renew        | token           | ""                  |
        | renewing with more       | renew        | mood            | "fine"              |
        | a sign with more         | ping         | mood            | "fine"              |
        | an answer with more      | pong         | mood            | "fine"              |

    @e2e
    Scenario: A program that sends what cannot be kept is told what to mend, and nothing is left behind
      When a program of Dana from Acme sends what cannot be kept
      Then it is refused each time, and told what to mend:
        | what                                      | reason            | field           | words |
        | a title with a NUL character              | 400 invalid_input | title           | "title" is not valid: must not contain a NUL character |
        | a title with half an emoji                | 400 invalid_input | title           | "title" is not valid: must not contain half a character |
        | a title of blanks                         | 400 invalid_input | title           | "title" is not valid: must not be blank |
        | a title of 201 characters                 | 400 invalid_input | title           | "title" is not valid: must have at most 200 characters |
        | a message whose name has a NUL character  | 400 invalid_input | clientMessageId | "clientMessageId" is not valid: must not contain a NUL character |
        | a message whose name has half an emoji    | 400 invalid_input | clientMessageId | "clientMessageId" is not valid: must not contain half a character |
        | a message whose name is blank             | 400 invalid_input | clientMessageId | "clientMessageId" is not valid: must not be blank |
        | a message with a NUL character            | 400 invalid_input | text            | "text" is not valid: must not contain a NUL character |
        | a sign-in on a device with a NUL character | 400 invalid_input | device         | "device" is not valid: must not contain a NUL character |
        | a sign-in on a device of no name          | 400 invalid_input | device          | "device" is not valid: must not be blank |
        | a sign-in by an e-mail with a NUL character | 400 invalid_input | email         | "email" is not valid: must not contain a NUL character |
      And the only thread there is is "Q3 spend", and it holds nothing

    @integration
    Scenario: A question of exactly 8,000 characters is taken, with a ref of 128
      Given Dana watches the thread "Q3 spend" on a line of her phone
      When her phone asks a question of 8,000 characters and refers to it with 128
      Then the agents are asked a question of 8,000 characters
      And her phone is told of no refusal

    @unit
    Scenario Outline: Everything that was agreed is understood: <case>
      When "<type>" is heard as it should be
      Then it is understood as it was said

      Examples:
        | case            | type         |
        | following       | subscribe    |
        | leaving         | unsubscribe  |
        | asking          | send_message |
        | stopping        | cancel_run   |
        | renewing        | renew        |
        | a sign of life  | ping         |
        | an answer to it | pong         |

    @integration @hard
    Scenario Outline: A frame above 64 KiB closes the line before it is read: <case>
      Given Dana watches the thread "Q3 spend" on a line of her phone
      When her phone says <bytes> bytes at once
      Then her phone <outcome>

      Examples:
        | case          | bytes | outcome                               |
        | 64 KiB        | 65536 | is told that the message is not JSON  |
        | one byte more | 65537 | is cut off as too big, 1009           |

    @integration
    Scenario: The 21st thread on one device is refused and the other 20 stay live
      Given Dana's phone follows 20 threads
      When her phone asks for a 21st
      Then her phone is told "subscription_limit" about "" of nothing: A device follows at most 20 threads. Leave one first.
      And the first and the 20th thread are still shown there, and the 21st once the first is left

    @integration @hard
    Scenario: The 61st message within a minute, spread over two instances, is refused with a delay; Leo's message passes
      Given Dana's phone and laptop are open on two instances
      And she has sent 20 messages by turns on both, and been told with the 21st to wait for 5 seconds
      And twice more, 5 seconds later, she has sent 20
      When 5 seconds later she sends the 61st on each of them
      Then both are told "rate_limited", to go on after 45 seconds
      And Leo's message passes
      And 45 seconds later hers passes too, and 62 messages have reached the agents

    @e2e @hard
    Scenario: The limit holds whichever way a message comes
      Given Dana from Acme has a phone open on the thread "Q3 spend"
      When a program of Dana from Acme sends the same message 21 times at once
      Then 20 of them are taken, and 1 is told "rate_limited", to go on within 5 seconds
      And her phone is told "rate_limited" when it sends one more

    @integration @hard
    Scenario: While Redis is unreachable the limit still holds on each instance
      Given Redis is out of reach
      And Dana's phone and laptop are open on two instances
      When each of them sends 21 messages
      Then both are told "rate_limited", to go on after 5 seconds
      And 40 messages have reached the agents
      And operators can read "a message could not be counted over all instances"

    @integration @hard
    Scenario: While Redis is unreachable the minute is remembered, whoever writes in between
      Given Redis is out of reach
      And Dana's phone and laptop are open on two instances
      And her phone has sent 20 messages three times, 6 seconds apart, Leo one before each
      When 6 seconds later Leo writes once more, and her phone too
      Then her phone is told "rate_limited", to go on after 42 seconds
      And the reason is that "You write faster than 60 messages a minute, or 20 within five seconds. Wait."

    @integration @hard
    Scenario: What was refused does not count
      Given Dana's phone and laptop are open on two instances
      And her laptop has sent 20 messages, and 4.9 seconds later her phone was refused 10
      When 0.1 seconds later her phone sends 20 messages
      Then 40 messages have reached the agents

    @integration @hard
    Scenario: A device that goes on talking while the agents are slow is read no further than 32 things ahead
      Given Dana's phone and laptop are open on two instances
      And the agents do not answer what her phone has sent
      When her phone says 45 things of 50,000 bytes at once
      Then between 500,000 and 750,000 bytes of it wait outside
      And all of it is answered once the agents have answered

    @integration @hard
    Scenario: Who ignores ten refusals within a minute is disconnected
      Given Dana's phone and laptop are open on two instances
      And her phone has sent 20 messages
      When her phone sends 10 more, and her laptop 11
      Then her phone is open, and was refused 10 times
      And her laptop was refused 10 times, and then told "too_many_messages" and closed with 4429
      And the reason is that "10 refusals within a minute were ignored. Come back slower."

    @integration @hard
    Scenario: Refusals that lie a minute apart are forgiven
      Given Dana's phone and laptop are open on two instances
      When her phone sends 30 messages, and another 30 a minute later
      Then her phone is open, and was refused 20 times

    @integration @hard
    Scenario: A device that says more than 50 things within a second is refused the rest, in order, and its neighbour is not
      Given Dana's phone and laptop are open on two instances
      When her phone asks for 53 signs of life at once
      Then it is given 50, and told 3 times "rate_limited", to go on after 1 second
      And the reason is that "A device may say 50 things a second. Wait."
      And her laptop is given a sign of life at once, and her phone 1 second later
