using Whirr.Domain.Ports;

namespace Whirr.Runners.Process;

/// <summary>Hands the signs of an attempt to whoever listens, and keeps them until somebody does. Used by one thread.</summary>
internal sealed class SignBoard
{
    private readonly List<AttemptSign> _kept = [];
    private Action<AttemptSign>? _listeners;

    public void Add(Action<AttemptSign> listener)
    {
        _listeners += listener;
        foreach (var sign in _kept)
        {
            listener(sign);
        }

        _kept.Clear();
    }

    public void Remove(Action<AttemptSign> listener) => _listeners -= listener;

    public void Raise(AttemptSign sign)
    {
        if (_listeners is { } listeners)
        {
            listeners(sign);
        }
        else
        {
            _kept.Add(sign);
        }
    }
}
