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

  @WS-10
  Rule: Bad or greedy devices are contained

    @e2e
    Scenario Outline: A bad message is answered with its reason and the line stays usable: <case>
      Given Dana from Acme has a phone open on the thread "Q3 spend"
      When her phone sends <message>
      Then her phone is told "<reason>"
      And her phone is still answered when it asks whether the line is alive

      Examples:
        | case             | message                                | reason               |
        | not JSON         | a torn message                         | invalid_json         |
        | a list           | a list instead of a message            | invalid_message      |
        | no type          | a message without a type               | invalid_message      |
        | unknown type     | a message of a type nobody knows       | unknown_type         |
        | unknown field    | a message with a field nobody knows    | invalid_message      |
        | binary           | a message in binary form               | binary_not_supported |
        | blank text       | a question of blanks                   | invalid_message      |
        | 8,001 characters | a question of 8,001 characters         | invalid_message      |
        | an alien thread  | a question to something not a thread   | invalid_message      |
