namespace Whirr.Engine.Queue;

/// <summary>What is in the way of starting jobs, or will be: a sentence each, for whoever asks how the machine is.</summary>
public sealed class Troubles
{
    private readonly Lock _lock = new();

    /// <summary>Guarded by <see cref="_lock"/>.</summary>
    private readonly SortedDictionary<string, string> _sentences = new(StringComparer.Ordinal);

    /// <summary>Raised when something came, went, or is told otherwise.</summary>
    public event Action? Changed;

    /// <summary>The sentences there are now.</summary>
    public IReadOnlyList<string> Current
    {
        get
        {
            lock (_lock)
            {
                return [.. _sentences.Values];
            }
        }
    }

    /// <summary>Says what is wrong; null: nothing is any more.</summary>
    /// <param name="name">Tells one trouble from another.</param>
    /// <param name="sentence">What is wrong and what to do.</param>
    /// <returns>True when this trouble was not there, or was and is not any more.</returns>
    public bool Set(string name, string? sentence)
    {
        bool isNews;
        lock (_lock)
        {
            var before = _sentences.GetValueOrDefault(name);
            if (before == sentence)
            {
                return false;
            }

            isNews = before is null || sentence is null;
            if (sentence is null)
            {
                _sentences.Remove(name);
            }
            else
            {
                _sentences[name] = sentence;
            }
        }

        Changed?.Invoke();
        return isNews;
    }

    /// <summary>Nothing is wrong any more with what has a name that begins so.</summary>
    public void ClearAll(string prefix)
    {
        bool any;
        lock (_lock)
        {
            var names = _sentences.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).ToList();
            names.ForEach(name => _sentences.Remove(name));
            any = names.Count > 0;
        }

        if (any)
        {
            Changed?.Invoke();
        }
    }
}
