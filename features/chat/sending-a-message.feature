@chat @websocket-manager
Feature: Sending a message
  A question is typed once. It must be taken once, whatever the network does, or be refused with a reason the customer
  understands; a question that is lost or answered twice costs trust and computing time.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Retention
    Impact: What the customer sends is taken exactly once, or refused with the reason
    Revenue: chat

  @WS-09
  Rule: A sent message is taken once, or refused with the reason

    @e2e
    Scenario: A message appears as a numbered entry on all devices of the thread, the sender's included
      Given Dana from Acme has a phone and a laptop open on the thread "Q3 spend"
      When she asks "Where does our money go?" on her phone
      Then her phone and her laptop both show "Where does our money go?" as entry 1

    @e2e @hard
    Scenario: Sent again after a lost connection, it is the same entry and the same run
      Given Dana from Acme has a phone open on the thread "Q3 spend"
      And her phone has sent "Where does our money go?" and lost its connection before the reply
      When her phone connects again and sends the same message once more
      Then the thread holds the question once
      And one run has answered it

    @integration
    Scenario: What is said on a line reaches the agents in its person's name
      Given Dana watches the thread "Q3 spend" on a line of her phone
      When her phone asks "Why so much?" and cancels its run
      Then the agents are asked "Why so much?" in that thread and told to stop that run, both in her name
      And her phone is told of no refusal

    @integration
    Scenario: A message the agents do not take is refused with their reason and when to try again
      Given Dana watches the thread "Q3 spend" on a line of her phone
      And the agents take nothing now
      When her phone asks "Why so much?" and calls it "m-7"
      Then her phone is told "queue_full" of "m-7" in that thread, to be repeated after 1,500 milliseconds

    @integration @hard
    Scenario: Messages that come faster than they are handled are all handled, in order
      Given Dana watches the thread "Q3 spend" on a line of her phone
      When her phone says 250 messages at once
      Then the agents are asked all 250, in the order they were said

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
        | 8,001 characters | a question of 8,001 characters         | invalid_message      | text     | m-1     | "text" Too big: expected string to have <=8000 characters |
        | an alien thread  | a question to something not a thread   | invalid_message      | threadId | m-1     | "threadId" must be the name of a thread, written as thread_ and 26 characters; this is too short to be one. |
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
      Then her phone is told "thread_limit" about "" of nothing: A device follows at most 20 threads. Leave one first.
      And the first and the 20th thread are still shown there, and the 21st once the first is left
