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

    @e2e @hard
    Scenario: Two devices write at the same moment, and both show both questions in the same order
      Given Dana from Acme has a phone and a laptop open on the thread "Q3 spend"
      When she asks "Where does our money go?" on her phone and "And last year?" on her laptop at the same moment
      Then her phone and her laptop show both questions with the same numbers
      And no event is missing or doubled on her phone or her laptop

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
      When her phone says 20 messages at once
      Then the agents are asked all 20, in the order they were said
