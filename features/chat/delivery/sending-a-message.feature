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
      Then one run has answered it
      And the thread "Q3 spend" holds 1 question

    @e2e @hard
    Scenario: A thread that is made again with its key is the same thread
      Given Dana from Acme has opened the thread "Q3 spend" with a key of her program
      When her program opens "Q3 spend" again with the key, 5 times at once
      Then it is given the same thread 5 times, and her list of threads is "Q3 spend" and no more
      And the key with another title is refused as "idempotency_key_reused"

    @e2e @hard
    Scenario: Two devices write at the same moment, and both show both questions in the same order
      Given Dana from Acme has a phone and a laptop open on the thread "Q3 spend"
      When she asks "Where does our money go?" on her phone and "And last year?" on her laptop at the same moment
      Then her phone and her laptop show both questions with the same numbers
      And no event is missing or doubled on her phone or her laptop
