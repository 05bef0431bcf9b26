@chat @websocket-manager
Feature: Live delivery
  Customers pay for answers they can watch being made. A progress event that is lost, late, doubled or out of order is a
  reason to cancel.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Retention
    Impact: The customer sees what the agent is doing, on every device, and misses nothing after a break
    Revenue: chat

  @WS-05
  Rule: A message reaches every open tab that shows its thread, once

    @e2e
    Scenario: Two devices follow one answer
      Given Dana from Acme has a phone and a laptop open on the thread "Q3 spend"
      When she asks "Where does our money go?"
      Then her phone and her laptop show the same story to its end
      And no event is missing or doubled on her phone or her laptop

    @e2e
    Scenario: Only tabs that show the thread receive it
      Given Dana from Acme has a phone open on the thread "Q3 spend"
      And she has a laptop open on the thread "Team offsite"
      When she asks "Where does our money go?" on her phone
      Then her phone shows the whole answer
      And her laptop shows nothing

    @e2e @operations
    Scenario: Devices connected to different instances see the same answer with the same numbers
      Given Dana from Acme has a phone open on the thread "Q3 spend"
      And she has a laptop open on the same thread through another instance
      When she asks "Where does our money go?"
      Then her phone and her laptop show the same story to its end

  @WS-06
  Rule: Whoever was away gets exactly what was missed

    @e2e @hard
    Scenario: A phone that loses its connection half-way through an answer misses nothing and sees nothing twice
      Given Dana from Acme has a phone and a laptop open on the thread "Q3 spend"
      And her phone loses its connection as soon as the agent has started on "Where does our money go?"
      And her laptop has shown the whole answer
      When her phone connects again and resumes after the last event it has
      Then her phone and her laptop show the same story to its end
      And no event is missing or doubled on her phone or her laptop

    @e2e
    Scenario Outline: Resuming says truthfully what is there: <case>
      Given Dana from Acme has a phone open on the thread "Q3 spend"
      And she has been answered "Where does our money go?"
      When a new tablet resumes the thread <case>
      Then her tablet receives <receives>

      Examples:
        | case                  | receives                                |
        | from the start        | every event of the story                |
        | from the middle       | exactly the second half of the story    |
        | at the last event     | nothing but that it has caught up       |
        | beyond the last event | the advice to start over, and no events |

    @e2e @operations @hard
    Scenario: A long story is shown whole while more of it is made
      Given Dana from Acme has a phone open on the thread "Q3 spend"
      And 450 events of 200 bytes have been stored for Dana
      When 4 runs of 5 events are stored for Dana at once
      Then her phone shows 470 events, as they are stored
