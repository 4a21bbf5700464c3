using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Srpo.Grains.Diagnostics;
using Srpo.Grains.Hosting;

namespace Srpo.Grains.Tests;

/// <summary>Every silo measures for itself, however many a process has.</summary>
public sealed class MeterTests
{
    [Fact]
    public async Task Two_silos_of_a_process_do_not_mix_their_numbers()
    {
        using var one = new TestDirectory();
        using var other = new TestDirectory();
        await using var first = await Populations.HostAsync(one, workers: 1);
        await using var second = await Populations.HostAsync(other, workers: 3);
        using var seen = new Measurements(first, second);
        var (few, many) = (Populations.Spec("few", teams: 1, iterations: 3), Populations.Spec("many", teams: 2, iterations: 5));
        await Task.WhenAll(first.TrainAsync(few), second.TrainAsync(many));
        seen.Look();

        Assert.Equal((3, 10), seen.Of("srpo.training.rounds"));
        Assert.Equal((3 * Populations.Plan(few).StepsPerRound, 10 * Populations.Plan(many).StepsPerRound), seen.Of("srpo.training.env_steps"));
        Assert.Equal((1, 3), seen.Of("srpo.compute.workers"));
        Assert.True(seen.Of("srpo.checkpoint.io") is ( > 0, > 0));
        Assert.True(seen.Of("srpo.compute.jobs") is ( > 0, > 0));
    }

    [Fact]
    public async Task Nothing_is_left_of_a_silo_that_has_ended()
    {
        using var data = new TestDirectory();
        using var seen = new Measurements();
        await using (var host = await Populations.HostAsync(data))
        {
            seen.Add(host);
            seen.Look();
            Assert.Equal(2, seen.Of("srpo.compute.workers").First);
        }

        seen.Look();
        Assert.Equal(0, seen.Of("srpo.compute.workers").First);
    }

    /// <summary>Sums of what silos measure, by instrument; of what they are asked for, the last answer.</summary>
    private sealed class Measurements : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly List<object> _silos = [];
        private readonly Dictionary<(string Instrument, object Silo), long> _sums = [];

        public Measurements(params LocalHost[] silos)
        {
            foreach (var silo in silos) Add(silo);
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == SrpoMeter.Name) listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) =>
            {
                lock (_sums)
                {
                    var key = (instrument.Name, instrument.Meter.Scope!);
                    _sums[key] = value + (instrument.IsObservable ? 0 : _sums.GetValueOrDefault(key));
                }
            });
            _listener.Start();
        }

        public void Add(LocalHost silo) => _silos.Add(silo.Services.GetRequiredService<IMeterFactory>());

        public void Look()
        {
            lock (_sums)
            {
                foreach (var key in _sums.Keys.Where(key => key.Instrument.StartsWith("srpo.compute.", StringComparison.Ordinal)).ToArray()) _sums.Remove(key);
            }

            _listener.RecordObservableInstruments();
        }

        public (long First, long Second) Of(string instrument)
        {
            lock (_sums) return (_sums.GetValueOrDefault((instrument, _silos[0])), _silos.Count > 1 ? _sums.GetValueOrDefault((instrument, _silos[1])) : 0);
        }

        public void Dispose() => _listener.Dispose();
    }
}
