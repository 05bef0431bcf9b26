@chat @websocket-manager
Feature: Room for devices
  A customer works on several devices at once, and each of them must be alive. Nobody may open so many that others find no
  room, and whoever is sent away must know why.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Risk reduction
    Impact: Each customer has room for their devices, whatever others do, and sees and closes them from any of them
    Revenue: chat

  @WS-02
  Rule: A device is admitted only while there is room

    @e2e
    Scenario: From any device a person sees what they have open, and closes what they no longer need
      Given Dana from Acme has a phone and a laptop open on the thread "Q3 spend"
      When she looks at the devices she has open, and closes her phone
      Then she was shown "phone: Q3 spend" and "laptop: Q3 spend", and then only "laptop: Q3 spend"
      And her phone is disconnected as "disconnected"

    @e2e @hard
    Scenario: A device that is somebody else's looks like one that was never opened, and stays open
      Given Dana from Acme has a phone open on the thread "Q3 spend"
      When Ravi from Acme and Leo from Birch try to close Dana's phone, and Dana a device that was never opened
      Then each is told "You have no such device open.", and Dana's phone stays open

    @e2e
    Scenario: The eleventh device on the free plan is refused, and admitted once another is closed
      Given Leo from Birch has ten devices open
      When he connects one more device
      Then the connection is refused as "connection_limit"
      And that is refused because "You have 10 devices open. Close one first."
      And once he has closed one, one more is admitted

    @e2e @operations @hard
    Scenario: Of 16 devices that connect at once through two instances ten are admitted
      Given an instance of the platform is serving
      When 16 devices of Leo from Birch connect at once, through two instances
      Then 10 of them are admitted and 6 are refused as "connection_limit"

    @e2e @operations @hard
    Scenario: While Redis is away an instance still refuses the eleventh device
      Given an instance of the platform is serving that can be cut off from Redis
      And Redis has become unreachable
      When 11 devices of Leo from Birch connect there
      Then 10 of them are admitted and 1 is refused as "connection_limit"
