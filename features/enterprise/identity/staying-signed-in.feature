@enterprise @auth
Feature: Staying signed in
  People stay signed in without typing a password all day, and no longer than they want to. A laptop left in a train,
  or a copied token, must stop opening the company's business the moment its owner says so or the copy shows.

  Business value:
    Segment: Enterprise
    Goal: Risk reduction
    Impact: A lost device or a stolen token is worth nothing within seconds, and honest devices go on undisturbed
    Revenue: enterprise

  @AU-03
  Rule: Renewal replaces the old token, and theft shows

    @e2e
    Scenario: Renewing gives Dana a new pair and retires the old one
      Given Dana from Acme has signed in on a laptop
      When her laptop renews its sign-in twice
      Then each time it has a new pair for the same sign-in, and is let in
      And its first renewal is refused because the renewal was used before

    @e2e @hard
    Scenario: A laptop that lost the reply asks again and gets the same renewal
      Given Dana from Acme has signed in on a laptop
      When her laptop renews its sign-in, loses the reply and asks again
      Then both replies hold the same renewal, and it is let in

    @e2e @hard
    Scenario: A used token shown again ends the whole sign-in
      Given Dana from Acme has signed in on a laptop and a phone
      And her laptop has renewed its sign-in
      When somebody shows the used renewal of her laptop on a device of their own
      Then they are told "This renewal was used before, so the sign-in was ended. Sign in again." and get no token
      And within 2 seconds calls and renewal of her laptop are refused because the sign-in has ended
      And her phone goes on

  @AU-10
  Rule: Devices follow the plan

    @e2e
    Scenario Outline: One device too many ends the oldest, and says why: <case>
      Given <person> has signed in on a laptop
      And they have signed in on <more> more devices
      When they sign in on a phone
      Then their laptop is told "This sign-in was ended by a newer one: your plan has <devices> for each person. Sign in again."
      And within 2 seconds the live connection of their laptop is closed
      And their phone goes on

      Examples:
        | case  | person         | more | devices |
        | free  | Leo from Birch | 2    | 3       |
        | early | Mia from Cedar | 4    | 5       |

    @e2e @hard
    Scenario: Signing in on many devices at once leaves no more than the plan has
      Given Leo from Birch has signed in on a laptop
      When he signs in on 6 devices at once
      Then 3 of his devices are known to calls
