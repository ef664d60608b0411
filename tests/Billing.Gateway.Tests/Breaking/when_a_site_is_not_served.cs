using Billing.Gateway.Breaking;

namespace Billing.Gateway.Tests.Breaking;

public class when_a_site_is_not_served
{
    private long _now = 1;
    private readonly Breaker _breaker;

    public when_a_site_is_not_served() => _breaker = new Breaker(3, Seconds(5), Seconds(300), () => _now);

    [Fact]
    public void it_opens_after_so_many_failures_in_a_row()
    {
        Assert.Equal([null, null, Seconds(5)], new[] { Fail(), Fail(), Fail() });

        Assert.Null(_breaker.Enter());
        Assert.Equal((true, Seconds(5), "http_503"), (_breaker.IsOpen, _breaker.Wait, _breaker.Symptom));
    }

    [Fact]
    public void service_starts_the_count_over()
    {
        Fail();
        Fail();
        _breaker.Served(wasProbe: false);
        Fail();
        Fail();

        Assert.Equal(false, _breaker.Enter());
    }

    [Fact]
    public void one_probe_goes_through_when_the_time_is_over_and_its_success_closes()
    {
        Open();
        Pass(5);

        Assert.Equal([true, null, null], new[] { _breaker.Enter(), _breaker.Enter(), _breaker.Enter() });
        Assert.True(_breaker.Served(wasProbe: true));
        Assert.Equal((false, 0, null), (_breaker.Enter(), _breaker.FailuresInARow, _breaker.Symptom));
    }

    [Fact]
    public void each_probe_that_fails_doubles_the_rest_up_to_a_minute()
    {
        Open();
        var rests = new List<double>();
        for (var probe = 0; probe < 6; probe++)
        {
            Pass(60);
            Assert.Equal(true, _breaker.Enter());
            rests.Add(_breaker.Failed("timeout", wasProbe: true, null)!.Value.TotalSeconds);
        }

        Assert.Equal([10, 20, 40, 60, 60, 60], rests);
    }

    [Fact]
    public void a_probe_without_an_answer_is_followed_by_another()
    {
        Open();
        Pass(5);
        Assert.Equal(true, _breaker.Enter());

        Pass(5);

        Assert.Equal(true, _breaker.Enter());
    }

    [Fact]
    public void calls_from_before_neither_close_it_nor_keep_it_open_longer()
    {
        Open();
        Pass(3);

        Assert.False(_breaker.Served(wasProbe: false));
        Assert.Equal([null, null, null], new[] { Fail(), Fail(), Fail() });
        Assert.Equal(Seconds(2), _breaker.Wait);
    }

    [Fact]
    public void the_gateway_s_own_word_opens_at_once_and_is_never_shortened()
    {
        Assert.Equal(Seconds(20), _breaker.Failed("http_429", wasProbe: false, Seconds(20)));
        Assert.Null(_breaker.Failed("http_429", wasProbe: false, Seconds(10)));
        Assert.Equal(Seconds(300), _breaker.Failed("http_429", wasProbe: false, Seconds(9_000)));

        Assert.Equal(Seconds(300), _breaker.Wait);
    }

    [Fact]
    public void under_many_hands_one_opens_it_and_one_probes()
    {
        Assert.Equal(1, ManyAt(() => Fail() is not null));
        Pass(5);

        Assert.Equal(1, ManyAt(() => _breaker.Enter() == true));
    }

    [Fact]
    public void while_all_is_well_a_call_allocates_nothing()
    {
        for (var warm = 0; warm < 10; warm++)
        {
            _breaker.Enter();
            _breaker.Served(wasProbe: false);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var call = 0; call < 10_000; call++)
        {
            _breaker.Enter();
            _breaker.Served(wasProbe: false);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static int ManyAt(Func<bool> act)
    {
        var hits = 0;
        Parallel.For(0, 2_000, _ =>
        {
            if (act())
            {
                Interlocked.Increment(ref hits);
            }
        });
        return hits;
    }

    private TimeSpan? Fail() => _breaker.Failed("http_503", wasProbe: false, null);

    private void Open()
    {
        Fail();
        Fail();
        Fail();
    }

    private void Pass(int seconds) => _now += Seconds(seconds).Ticks;

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);
}
