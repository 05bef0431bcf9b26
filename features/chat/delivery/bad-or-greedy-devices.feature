@chat @websocket-manager
Feature: Bad or greedy devices
  A program that never stops talking, a tab that floods: each costs the customers beside it their speed. They are slowed
  down and told so; nobody else notices.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Risk reduction
    Impact: One greedy device takes nothing away from any other customer
    Revenue: chat

  @WS-10
  Rule: Bad or greedy devices are contained

    @e2e
    Scenario Outline: A bad message is answered with its reason and the connection stays usable: <case>
      Given Dana from Acme has a phone open on the thread "Q3 spend"
      When her phone sends <message>
      Then her phone is refused as "<reason>"
      And her phone is still connected

      Examples:
        | case         | message                             | reason               |
        | not JSON     | half a message                      | invalid_json         |
        | binary       | a message in binary form            | binary_not_supported |
        | blank text   | a question of blanks                | invalid_message      |
        | unknown kind | a message of a type nobody knows    | unknown_type         |

    @e2e
    Scenario: A program that sends what cannot be kept is told what to mend, and nothing is left behind
      When a program of Dana from Acme sends what cannot be kept
      Then it is refused each time, and told what to mend:
        | what                                       | reason        | field           | words                                                             |
        | a title of blanks                          | invalid_input | title           | "title" is not valid: must not be blank                           |
        | a title of 201 characters                  | invalid_input | title           | "title" is not valid: must have at most 200 characters            |
        | a message whose name is blank              | invalid_input | clientMessageId | "clientMessageId" is not valid: must not be blank                 |
        | a message with a NUL character             | invalid_input | text            | "text" is not valid: must not contain a NUL character             |
        | a sign-in on a device with a NUL character | invalid_input | device          | "device" is not valid: must not contain a NUL character           |
      And the only thread there is is "Q3 spend", and it holds nothing

    @e2e @hard
    Scenario: A message above 64 KiB closes the connection
      Given Dana from Acme has a phone open on the thread "Q3 spend"
      When her phone sends a message of more than 64 KiB
      Then her phone is disconnected as "message_too_big"

    @e2e
    Scenario: The 21st thread on one device is refused and the other 20 stay live
      Given Dana from Acme has a phone open on the thread "thread 1"
      And her phone follows 19 threads
      When her phone follows one more thread
      Then her phone is refused as "subscription_limit"
      And her phone still shows what she asks in the first of them

    @e2e @hard
    Scenario: The limit of messages holds whichever way a message comes
      Given Dana from Acme has a phone open on the thread "Q3 spend"
      When a program of Dana from Acme sends the same message 21 times at once
      Then 20 of them are taken, and 1 is told "rate_limited", to go on within 5 seconds
      And her phone is told "rate_limited" when it sends one more

    @e2e @hard
    Scenario: Whoever ignores ten refusals within a minute is disconnected
      Given Dana from Acme has a phone open on the thread "Q3 spend"
      When her phone sends 45 messages at once
      Then her phone is disconnected as "too_many_messages"
      And her phone had been refused 10 times as "rate_limited"

    @e2e @operations @hard
    Scenario: While Redis is away an instance still refuses the 21st message at once
      Given an instance of the platform is serving that can be cut off from Redis
      And Dana from Acme has a phone open there on the thread "Q3 spend"
      And Redis has become unreachable
      When her phone sends 21 messages at once
      Then her phone is refused as "rate_limited"
