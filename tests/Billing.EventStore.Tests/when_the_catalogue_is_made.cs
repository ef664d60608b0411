using Billing.EventStore.Tests.Specs;

namespace Billing.EventStore.Tests;

public class when_the_catalogue_is_made
{
    private static readonly EventType Booked = new("booked", typeof(Booked), LedgerJson.Default.Booked);

    [Fact]
    public void a_name_stands_once() =>
        Assert.Throws<ArgumentException>(() => new EventCatalog([Booked, new EventType("booked", typeof(Closed), LedgerJson.Default.Closed)]));

    [Fact]
    public void a_record_stands_once() =>
        Assert.Throws<ArgumentException>(() => new EventCatalog([Booked, Booked with { Name = "booked_again" }]));

    [Fact]
    public void a_sealed_property_exists() =>
        Assert.Throws<ArgumentException>(() => new EventCatalog([Booked with { Sealed = ["Nothing"] }]));

    [Fact]
    public void the_json_is_that_of_the_record() =>
        Assert.Throws<ArgumentException>(() => new EventCatalog([Booked with { Json = LedgerJson.Default.Closed }]));

    [Fact]
    public void an_upcaster_leads_to_a_current_event() =>
        Assert.Throws<ArgumentException>(() => new EventCatalog([Booked], [new Upcaster("old", "nowhere", json => json)]));

    [Fact]
    public void upcasters_do_not_go_round_in_a_circle() =>
        Assert.Throws<ArgumentException>(() => new EventCatalog([Booked], [new Upcaster("a", "b", json => json), new Upcaster("b", "a", json => json)]));

    [Fact]
    public void a_current_name_is_not_upcast() =>
        Assert.Throws<ArgumentException>(() => new EventCatalog([Booked], [new Upcaster("booked", "booked", json => json)]));

    [Fact]
    public void an_old_name_is_upcast_in_one_way() =>
        Assert.Throws<ArgumentException>(() => new EventCatalog([Booked], [new Upcaster("old", "booked", json => json), new Upcaster("old", "booked", json => json)]));
}
