@chat @websocket-manager
Feature: Slow and lost devices
  A train goes into a tunnel, a laptop is closed in the middle of an answer. What is lost on one device must cost nobody else a
  moment, and a device that is gone must not count as open.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Retention
    Impact: A device that is slow or gone takes nothing from any other
    Revenue: chat

  @WS-07
  Rule: A slow or dead device costs nobody else anything

    @e2e @operations @hard
    Scenario: A tab that stops reading is closed after 30 seconds, and its owner's other tab misses nothing
      Given an instance of the platform is serving
      And Dana from Acme has a phone and a laptop open there on the thread "Q3 spend"
      And her phone has stopped reading, while her laptop has shown 400 events of 30,000 bytes
      When 31 seconds pass
      Then her phone is disconnected as "slow_consumer"
      And her laptop is still connected

    @e2e @operations @hard
    Scenario: A tab that reads again in time misses nothing
      Given an instance of the platform is serving
      And Dana from Acme has a phone open there on the thread "Q3 spend"
      And her phone has stopped reading, while 400 events of 30,000 bytes were stored
      And 20 seconds have passed
      When her phone reads again
      Then her phone shows 400 events, as they are stored

    @e2e @operations @hard
    Scenario: A device whose network vanished no longer counts as open after 35 seconds
      Given an instance of the platform is serving
      And Dana from Acme has a laptop open there on the thread "Q3 spend"
      And she has a phone open there on the thread "Q3 spend", on a network that can vanish
      When the network of her phone vanishes, and 35 seconds pass
      Then operators read that it has 1 connection open
      And her laptop is still connected
