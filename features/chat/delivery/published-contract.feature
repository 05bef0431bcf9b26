@chat @websocket-manager
Feature: What developers can rely on
  Customers' own programs follow the same live connections as our pages. What is published about them is all that a developer
  has: where it is wrong, a program breaks in the customer's hands, and the customer blames us rightly.

  Business value:
    Segment: Mid, Enterprise
    Goal: Retention
    Impact: A program written from what is published works, and keeps working after each release
    Revenue: chat

  @WS-14
  Rule: What travels on a connection is what is published

    @e2e
    Scenario: A whole conversation is as published, in both directions
      Given Dana from Acme has a phone open on the thread "Q3 spend"
      When her phone sends every kind of message there is
      Then her phone was shown each of these kinds of messages: welcome, subscribed, caught_up, pong, error, user_message, agent_started, agent_thinking, tool_executing, tool_completed, agent_completed
      And all that it sent and was shown is as published

    @e2e
    Scenario Outline: What may be sent and what is refused is published: <case>
      Given Dana from Acme has a phone open on the thread "Q3 spend"
      When a program tries to <attempt> on her phone
      Then that is <outcome>, as published

      Examples:
        | case                | attempt                                     | outcome |
        | the start           | follow the thread from its start            | taken   |
        | from nowhere        | follow the thread without saying from where | refused |
        | one character more  | ask a question of 8,001 characters          | refused |
        | an unknown field    | ask with a field nobody agreed on           | refused |
        | an unknown kind     | send a message of a kind nobody knows       | refused |

    @e2e
    Scenario: The published document is one that developers' tools can read
      When a developer asks what is published of live connections
      Then every tool for AsyncAPI 3.0 can read the answer
