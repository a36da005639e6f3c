<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>AboutDialog</name>
    <message>
        <source>About Lathe</source>
        <translation>关于 Lathe</translation>
    </message>
    <message>
        <source>A workbench for local language models.</source>
        <translation>本地语言模型工作台。</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Licence: Apache-2.0. Nothing is sent anywhere unless you download.</source>
        <translation>许可证：Apache-2.0。除非您下载模型，否则不会向任何地方发送数据。</translation>
    </message>
    <message>
        <source>Settings: {folder}</source>
        <translation>设置：{folder}</translation>
    </message>
    <message>
        <source>Your work: {folder}</source>
        <translation>您的工作：{folder}</translation>
    </message>
    <message>
        <source>Logs: {folder}</source>
        <translation>日志：{folder}</translation>
    </message>
</context>
<context>
    <name>AccuracyBars</name>
    <message>
        <source>Accuracy per column</source>
        <translation>各列的准确率</translation>
    </message>
    <message>
        <source>Bar: accuracy · line: 95 % interval · right: items right of items scored</source>
        <translation>条形：准确率 · 横线：95% 区间 · 右侧：答对题数 / 计分题数</translation>
    </message>
</context>
<context>
    <name>ActivationsView</name>
    <message>
        <source>Bends a number</source>
        <translation>弯曲数值</translation>
    </message>
    <message>
        <source>Opens a gate</source>
        <translation>打开门</translation>
    </message>
    <message>
        <source>β of Swish</source>
        <translation>Swish 的 β</translation>
    </message>
    <message>
        <source>Let through</source>
        <translation>通过的值</translation>
    </message>
    <message>
        <source>The second projection xV + c, here the same for every x</source>
        <translation>第二个投影 xV + c，此处对每个 x 都相同</translation>
    </message>
    <message>
        <source>Read at x =</source>
        <translation>读数位置 x =</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>函数值</translation>
    </message>
    <message>
        <source>Derivative</source>
        <translation>导数</translation>
    </message>
    <message>
        <source>Values and derivatives at one x</source>
        <translation>某个 x 处的函数值和导数</translation>
    </message>
    <message>
        <source>value</source>
        <translation>函数值</translation>
    </message>
    <message>
        <source>derivative</source>
        <translation>导数</translation>
    </message>
    <message>
        <source>Function</source>
        <translation>函数</translation>
    </message>
    <message>
        <source>Formula</source>
        <translation>公式</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>来源</translation>
    </message>
</context>
<context>
    <name>AlibiView</name>
    <message>
        <source>and take the rotation away</source>
        <translation>同时去掉旋转</translation>
    </message>
    <message>
        <source>Slopes times</source>
        <translation>斜率乘以</translation>
    </message>
    <message>
        <source>Factor on the slopes</source>
        <translation>斜率的倍数</translation>
    </message>
    <message>
        <source>Put ALiBi on</source>
        <translation>加上 ALiBi</translation>
    </message>
    <message>
        <source>Take ALiBi away</source>
        <translation>去掉 ALiBi</translation>
    </message>
    <message>
        <source>Add −slope · distance to every score of this model, and ask it again</source>
        <translation>给这个模型的每个分数加上 −斜率 · 距离，再问它一次</translation>
    </message>
    <message>
        <source>Leave out what the model adds to its scores, and ask it again</source>
        <translation>去掉模型加在分数上的偏置，再问它一次</translation>
    </message>
    <message>
        <source>query i</source>
        <translation>查询 i</translation>
    </message>
    <message>
        <source>key j</source>
        <translation>键 j</translation>
    </message>
    <message>
        <source>times the head&apos;s slope m = {m}, added to every row before softmax</source>
        <translation>乘以该头的斜率 m = {m}，在 softmax 之前加到每一行</translation>
    </message>
    <message>
        <source>m · −(i − j)</source>
        <translation>m · −(i − j)</translation>
    </message>
    <message>
        <source>Slopes</source>
        <translation>斜率</translation>
    </message>
    <message>
        <source>2^(−8h/n)</source>
        <translation>2^(−8h/n)</translation>
    </message>
    <message>
        <source>as released</source>
        <translation>发布的做法</translation>
    </message>
    <message>
        <source>in this model</source>
        <translation>这个模型</translation>
    </message>
    <message>
        <source>head h, from 1</source>
        <translation>头 h，从 1 数起</translation>
    </message>
    <message>
        <source>slope m</source>
        <translation>斜率 m</translation>
    </message>
    <message>
        <source>this model&apos;s differ from the released rule by at most {e}</source>
        <translation>这个模型与发布的做法最多相差 {e}</translation>
    </message>
    <message>
        <source>this model adds none; these it would get with {n} heads</source>
        <translation>这个模型不加偏置；{n} 个头会得到这些斜率</translation>
    </message>
    <message>
        <source>Effective window</source>
        <translation>有效窗口</translation>
    </message>
    <message>
        <source>distance</source>
        <translation>距离</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>token</translation>
    </message>
    <message>
        <source>−{n:g} nats</source>
        <translation>−{n:g} 奈特</translation>
    </message>
    <message>
        <source>trained length {n}</source>
        <translation>训练长度 {n}</translation>
    </message>
    <message>
        <source>where the bias reaches −{n:g} nats: a key there weighs {w:.1%} of an equal one at hand</source>
        <translation>偏置达到 −{n:g} 奈特之处：那里的键只有近处同样的键的 {w:.1%} 的权重</translation>
    </message>
    <message>
        <source>What it adds to the scores of this text</source>
        <translation>它给这段文本的分数加了什么</translation>
    </message>
    <message>
        <source>score</source>
        <translation>分数</translation>
    </message>
    <message>
        <source>q·k of this head</source>
        <translation>该头的 q·k</translation>
    </message>
    <message>
        <source>bias</source>
        <translation>偏置</translation>
    </message>
    <message>
        <source>sum</source>
        <translation>和</translation>
    </message>
    <message>
        <source>means over n = {n} visible cells; the slope is the model&apos;s own</source>
        <translation>n = {n} 个可见格的均值；斜率是模型自己的</translation>
    </message>
    <message>
        <source>means over n = {n} visible cells; the slope is what it would get</source>
        <translation>n = {n} 个可见格的均值；斜率是它会得到的</translation>
    </message>
</context>
<context>
    <name>Anatomy</name>
    <message>
        <source>Structure</source>
        <translation>结构</translation>
    </message>
    <message>
        <source>Position</source>
        <translation>位置编码</translation>
    </message>
    <message>
        <source>Activation</source>
        <translation>激活函数</translation>
    </message>
    <message>
        <source>Norm</source>
        <translation>归一化</translation>
    </message>
    <message>
        <source>encoder</source>
        <translation>编码器</translation>
    </message>
    <message>
        <source>decoder</source>
        <translation>解码器</translation>
    </message>
    <message>
        <source>decoder reads encoder</source>
        <translation>解码器读编码器</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>嵌入</translation>
    </message>
    <message>
        <source>Positions</source>
        <translation>位置表</translation>
    </message>
    <message>
        <source>Attention</source>
        <translation>注意力</translation>
    </message>
    <message>
        <source>MLP</source>
        <translation>MLP</translation>
    </message>
    <message>
        <source>Norms</source>
        <translation>归一化</translation>
    </message>
    <message>
        <source>Output head</source>
        <translation>输出头</translation>
    </message>
    <message>
        <source>Other</source>
        <translation>其他</translation>
    </message>
    <message>
        <source>Changing one token moves exactly the outputs that see it.</source>
        <translation>改变一个 token，恰好只有能看到它的输出发生变化。</translation>
    </message>
    <message>
        <source>Moving the whole text three places on changes nothing.</source>
        <translation>整段文本后移三个位置，输出不变。</translation>
    </message>
    <message>
        <source>Moving the whole text three places on changes the output.</source>
        <translation>整段文本后移三个位置，输出改变。</translation>
    </message>
    <message>
        <source>The MLP computes {name}.</source>
        <translation>MLP 计算的是 {name}。</translation>
    </message>
    <message>
        <source>As released, the MLP computes GELU (tanh).</source>
        <translation>按发布的代码，MLP 计算的是 GELU（tanh）。</translation>
    </message>
    <message>
        <source>The norm computes {name}.</source>
        <translation>归一化计算的是 {name}。</translation>
    </message>
    <message>
        <source>Without queries the weights are softmax(−slope · distance).</source>
        <translation>查询为零时，权重等于 softmax(−斜率 · 距离)。</translation>
    </message>
    <message>
        <source>The table of positions is sin and cos of p / 10000^(2i/d).</source>
        <translation>位置表由 p / 10000^(2i/d) 的 sin 和 cos 组成。</translation>
    </message>
    <message>
        <source>The norm stands before the sub-layer: it gets its input.</source>
        <translation>归一化在子层之前：它得到的正是该层的输入。</translation>
    </message>
    <message>
        <source>The norm stands after the sum: its result is the layer&apos;s.</source>
        <translation>归一化在求和之后：它的结果就是该层的输出。</translation>
    </message>
    <message>
        <source>The second norm gets α times the first one plus attention.</source>
        <translation>第二个归一化得到的是 α 倍的第一个结果加注意力输出。</translation>
    </message>
    <message>
        <source>post-norm</source>
        <translation>后置归一化</translation>
    </message>
    <message>
        <source>pre-norm</source>
        <translation>前置归一化</translation>
    </message>
    <message>
        <source>sub-layer f</source>
        <translation>子层 f</translation>
    </message>
    <message>
        <source>+ sinusoidal positions</source>
        <translation>+ 正弦位置编码</translation>
    </message>
    <message>
        <source>+ learned positions</source>
        <translation>+ 可学习位置</translation>
    </message>
    <message>
        <source>Self-attention</source>
        <translation>自注意力</translation>
    </message>
    <message>
        <source>Causal attention</source>
        <translation>因果注意力</translation>
    </message>
    <message>
        <source>Prefix attention</source>
        <translation>前缀注意力</translation>
    </message>
    <message>
        <source>Cross-attention</source>
        <translation>交叉注意力</translation>
    </message>
    <message>
        <source>{name} on q, k</source>
        <translation>q、k 上的 {name}</translation>
    </message>
    <message>
        <source>+ ALiBi</source>
        <translation>+ ALiBi</translation>
    </message>
    <message>
        <source>+ bucket bias</source>
        <translation>+ 分桶偏置</translation>
    </message>
</context>
<context>
    <name>AnatomyPage</name>
    <message>
        <source>Anatomy</source>
        <translation>结构剖析</translation>
    </message>
    <message>
        <source>What models are made of, row by row, each one built and run here.</source>
        <translation>模型由什么组成：逐行列出，每一行都在这里搭建并运行。</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Activations</source>
        <translation>激活函数</translation>
    </message>
    <message>
        <source>Norms</source>
        <translation>归一化</translation>
    </message>
    <message>
        <source>Components</source>
        <translation>组件</translation>
    </message>
    <message>
        <source>Each row is a small model; its claims are put to the test.</source>
        <translation>每一行都是一个小模型，它的说法都经过检验。</translation>
    </message>
    <message>
        <source>What bends a number between two projections, and its slope.</source>
        <translation>两个投影之间弯曲数值的函数，及其斜率。</translation>
    </message>
    <message>
        <source>The same vector through each, and what it costs.</source>
        <translation>同一个向量依次通过每种归一化，以及它们的代价。</translation>
    </message>
    <message>
        <source>What is lost when one part of the loaded model is taken out.</source>
        <translation>拿掉已加载模型的某个部分会损失什么。</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>测量</translation>
    </message>
</context>
<context>
    <name>AnatomyPanel</name>
    <message>
        <source>Layers</source>
        <translation>层数</translation>
    </message>
    <message>
        <source>Architecture</source>
        <translation>架构</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数量</translation>
    </message>
    <message>
        <source>Structure</source>
        <translation>结构</translation>
    </message>
    <message>
        <source>Position encoding</source>
        <translation>位置编码</translation>
    </message>
    <message>
        <source>Hidden size</source>
        <translation>隐藏维度</translation>
    </message>
    <message>
        <source>Activation</source>
        <translation>激活函数</translation>
    </message>
    <message>
        <source>MLP width</source>
        <translation>MLP 宽度</translation>
    </message>
    <message>
        <source>Norm</source>
        <translation>归一化</translation>
    </message>
    <message>
        <source>Heads</source>
        <translation>注意力头</translation>
    </message>
    <message>
        <source>Vocabulary</source>
        <translation>词表</translation>
    </message>
    <message>
        <source>KV heads</source>
        <translation>KV 头</translation>
    </message>
    <message>
        <source>Trained context</source>
        <translation>训练上下文</translation>
    </message>
    <message>
        <source>Head dim</source>
        <translation>头维度</translation>
    </message>
    <message>
        <source>Tied embeddings</source>
        <translation>共享嵌入</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>是</translation>
    </message>
    <message>
        <source>no</source>
        <translation>否</translation>
    </message>
    <message>
        <source>RoPE parameters</source>
        <translation>RoPE 参数</translation>
    </message>
</context>
<context>
    <name>AnswerCard</name>
    <message>
        <source>Sample {n}: {value} {sign}</source>
        <translation>样本 {n}：{value} {sign}</translation>
    </message>
    <message>
        <source>Not answered yet</source>
        <translation>尚未回答</translation>
    </message>
    <message>
        <source>Exact text sent</source>
        <translation>实际发送的文本</translation>
    </message>
    <message>
        <source>✓ right</source>
        <translation>✓ 正确</translation>
    </message>
    <message>
        <source>✗ wrong</source>
        <translation>✗ 错误</translation>
    </message>
    <message>
        <source>{verdict} · {share} % agree</source>
        <translation>{verdict} · {share}% 一致</translation>
    </message>
    <message>
        <source>No answer by the rule “{rule}”</source>
        <translation>按规则“{rule}”没有找到答案</translation>
    </message>
    <message>
        <source>Answer {value}</source>
        <translation>答案 {value}</translation>
    </message>
    <message>
        <source>answer stage</source>
        <translation>读自作答阶段</translation>
    </message>
    <message>
        <source>{n} tokens</source>
        <translation>{n} 个 token</translation>
    </message>
</context>
<context>
    <name>AnswerColumn</name>
    <message>
        <source>waits</source>
        <translation>等待</translation>
    </message>
    <message>
        <source>reads …</source>
        <translation>阅读中…</translation>
    </message>
    <message>
        <source>done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>log-probability {p}, entropy {h} nats</source>
        <translation>对数概率 {p}，熵 {h} 奈特</translation>
    </message>
    <message>
        <source>{n} passages still read</source>
        <translation>仍在读 {n} 个段落</translation>
    </message>
    <message>
        <source>{rank} {name} · {n} of {all} tokens</source>
        <translation>{rank} {name} · {all} 个 token 中的 {n} 个</translation>
    </message>
    <message>
        <source>{place}. {name} · score {score}</source>
        <translation>{place}. {name} · 得分 {score}</translation>
    </message>
    <message>
        <source>by words: {a}, by meaning: {b}</source>
        <translation>按词：第 {a}，按语义：第 {b}</translation>
    </message>
    <message>
        <source>p. {n}</source>
        <translation>第 {n} 页</translation>
    </message>
    <message>
        <source>{n} steps</source>
        <translation>{n} 步</translation>
    </message>
    <message>
        <source>read {read} tokens ({computed} computed), wrote {new}, in {time}</source>
        <translation>读 {read} 个 token（计算 {computed} 个），写 {new} 个，用时 {time}</translation>
    </message>
    <message>
        <source>longest prompt {n} of {window} tokens; documents have {all}</source>
        <translation>最长提示 {n} / {window} 个 token；文档共 {all} 个</translation>
    </message>
</context>
<context>
    <name>Application</name>
    <message>
        <source>Some settings could not be read; their defaults apply.</source>
        <translation>部分设置无法读取，已使用默认值。</translation>
    </message>
</context>
<context>
    <name>AtlasPanel</name>
    <message>
        <source>Sort heads by</source>
        <translation>注意力头的排序方式</translation>
    </message>
    <message>
        <source>Find heads: induction, L2 …</source>
        <translation>查找注意力头：归纳、L2 …</translation>
    </message>
    <message>
        <source>Find heads</source>
        <translation>查找注意力头</translation>
    </message>
    <message>
        <source>No head is called that: try a pattern (induction, sink) or a place (L2, H3).</source>
        <translation>没有这样的头：试试模式（归纳、汇聚）或位置（L2、H3）。</translation>
    </message>
    <message>
        <source>One scale</source>
        <translation>统一色标</translation>
    </message>
    <message>
        <source>The same colours for every head, or each head its own</source>
        <translation>所有头共用一个色标，或每个头各用各的</translation>
    </message>
    <message>
        <source>Importance</source>
        <translation>重要性</translation>
    </message>
    <message>
        <source>Bars: how much the loss rises without the head</source>
        <translation>条形：去掉该头后损失上升多少</translation>
    </message>
    <message>
        <source>All layers and heads</source>
        <translation>所有层和头</translation>
    </message>
    <message>
        <source>{head} · taken out</source>
        <translation>{head} · 已去除</translation>
    </message>
</context>
<context>
    <name>Attention</name>
    <message>
        <source>Map</source>
        <translation>热图</translation>
    </message>
    <message>
        <source>Lines</source>
        <translation>连线</translation>
    </message>
    <message>
        <source>Lens</source>
        <translation>透镜</translation>
    </message>
    <message>
        <source>Patch</source>
        <translation>激活修补</translation>
    </message>
    <message>
        <source>Two states</source>
        <translation>两种状态</translation>
    </message>
    <message>
        <source>Mask</source>
        <translation>掩码</translation>
    </message>
    <message>
        <source>Encoder</source>
        <translation>编码器</translation>
    </message>
    <message>
        <source>Self</source>
        <translation>自注意力</translation>
    </message>
    <message>
        <source>Cross</source>
        <translation>交叉注意力</translation>
    </message>
    <message>
        <source>T5 bias</source>
        <translation>T5 偏置</translation>
    </message>
    <message>
        <source>bias</source>
        <translation>偏置</translation>
    </message>
    <message>
        <source>rotation</source>
        <translation>旋转</translation>
    </message>
    <message>
        <source>+ mask</source>
        <translation>+ 掩码</translation>
    </message>
    <message>
        <source>soft-cap</source>
        <translation>软上限</translation>
    </message>
    <message>
        <source>Query times key before any rotation: what the words say.</source>
        <translation>旋转之前的查询乘键：只看内容。</translation>
    </message>
    <message>
        <source>After the rotary embedding turned queries and keys.</source>
        <translation>旋转位置编码作用于查询和键之后。</translation>
    </message>
    <message>
        <source>After the position bias was added.</source>
        <translation>加上位置偏置之后。</translation>
    </message>
    <message>
        <source>Hidden cells are taken out.</source>
        <translation>去掉被遮住的单元格。</translation>
    </message>
    <message>
        <source>Scores bent towards the cap.</source>
        <translation>分数被压向上限。</translation>
    </message>
    <message>
        <source>Each row shares out 100 %: the weights.</source>
        <translation>每一行分配 100 %：即权重。</translation>
    </message>
    <message>
        <source>This model runs with attention that is written out, whose code adds ALiBi twice; the figures are what it really computes.</source>
        <translation>此模型以展开方式计算注意力，其代码会把 ALiBi 加两次；这里的数值就是它实际算出的。</translation>
    </message>
    <message>
        <source>mask</source>
        <translation>掩码</translation>
    </message>
    <message>
        <source>layer</source>
        <translation>层</translation>
    </message>
    <message>
        <source>importance</source>
        <translation>重要性</translation>
    </message>
    <message>
        <source>entropy</source>
        <translation>熵</translation>
    </message>
    <message>
        <source>sink</source>
        <translation>汇聚</translation>
    </message>
    <message>
        <source>distance</source>
        <translation>距离</translation>
    </message>
    <message>
        <source>previous token</source>
        <translation>前一 token</translation>
    </message>
    <message>
        <source>duplicate token</source>
        <translation>重复 token</translation>
    </message>
    <message>
        <source>induction</source>
        <translation>归纳</translation>
    </message>
    <message>
        <source>local window</source>
        <translation>局部窗口</translation>
    </message>
    <message>
        <source>position only</source>
        <translation>仅位置</translation>
    </message>
    <message>
        <source>slope</source>
        <translation>斜率</translation>
    </message>
    <message>
        <source>rise of the loss without it, nats</source>
        <translation>去掉它后损失的上升，奈特</translation>
    </message>
    <message>
        <source>spread of a row, nats</source>
        <translation>一行的分散程度，奈特</translation>
    </message>
    <message>
        <source>weight on the first token</source>
        <translation>落在首个 token 上的权重</translation>
    </message>
    <message>
        <source>mean tokens back</source>
        <translation>平均回看 token 数</translation>
    </message>
    <message>
        <source>weight on the token before</source>
        <translation>落在前一 token 上的权重</translation>
    </message>
    <message>
        <source>weight on earlier copies</source>
        <translation>落在先前相同 token 上的权重</translation>
    </message>
    <message>
        <source>weight after an earlier copy</source>
        <translation>落在先前相同 token 之后的权重</translation>
    </message>
    <message>
        <source>weight on the last tokens</source>
        <translation>落在最近 token 上的权重</translation>
    </message>
    <message>
        <source>R² of distance alone</source>
        <translation>仅用距离解释的 R²</translation>
    </message>
    <message>
        <source>score per token back</source>
        <translation>每回看一个 token 的分数</translation>
    </message>
</context>
<context>
    <name>AttentionPage</name>
    <message>
        <source>Attention</source>
        <translation>注意力</translation>
    </message>
    <message>
        <source>Where each head looks, exactly as the model computed it.</source>
        <translation>每个头看向哪里，与模型的计算完全一致。</translation>
    </message>
    <message>
        <source>Look inside</source>
        <translation>查看内部</translation>
    </message>
    <message>
        <source>Let the model read the text and keep what it saw</source>
        <translation>让模型读这段文本，并保留它所看到的</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Look into a sample</source>
        <translation>查看示例</translation>
    </message>
    <message>
        <source>Take the head out or put it back</source>
        <translation>去掉该头或放回</translation>
    </message>
    <message>
        <source>Next stage</source>
        <translation>下一阶段</translation>
    </message>
    <message>
        <source>Stage before</source>
        <translation>上一阶段</translation>
    </message>
    <message>
        <source>Attention is not an explanation; it is what was read.</source>
        <translation>注意力不是解释，它只说明读了什么。</translation>
    </message>
    <message>
        <source>Look inside keeps what every head did with the text above.</source>
        <translation>“查看内部”会保留每个头对上面文本的处理。</translation>
    </message>
</context>
<context>
    <name>AttentionTimes</name>
    <message>
        <source>Implementations of attention</source>
        <translation>注意力的实现方式</translation>
    </message>
    <message>
        <source>Median time to read one text, and what was held besides the weights.</source>
        <translation>读一段文本的中位用时，以及权重之外占用的内存。</translation>
    </message>
    <message>
        <source>Implementation</source>
        <translation>实现</translation>
    </message>
    <message>
        <source>{n} tokens</source>
        <translation>{n} 个 token</translation>
    </message>
    <message>
        <source>Here</source>
        <translation>在此处</translation>
    </message>
    <message>
        <source>runs</source>
        <translation>可运行</translation>
    </message>
    <message>
        <source>{ms} ms · {mb} MB</source>
        <translation>{ms} 毫秒 · {mb} MB</translation>
    </message>
</context>
<context>
    <name>BarsPanel</name>
    <message>
        <source>Put all back</source>
        <translation>全部放回</translation>
    </message>
    <message>
        <source>Save the ranking…</source>
        <translation>保存排名…</translation>
    </message>
    <message>
        <source>A JSON file that pruning can read</source>
        <translation>剪枝可以读取的 JSON 文件</translation>
    </message>
    <message>
        <source>Prune by this ranking</source>
        <translation>按此排名剪枝</translation>
    </message>
    <message>
        <source>Open the page Pruning; this ranking judges its heads</source>
        <translation>打开“剪枝”页面；由此排名判断其中的头</translation>
    </message>
    <message>
        <source>mean instead of zero</source>
        <translation>用均值代替零</translation>
    </message>
    <message>
        <source>A head&apos;s mean over this text stands in its place, not zeros</source>
        <translation>用该头在这段文本上的均值代替它，而不是零</translation>
    </message>
    <message>
        <source>at every token</source>
        <translation>在每个 token 处</translation>
    </message>
    <message>
        <source>Take heads out at every token, not at the shown one alone; slower, exact</source>
        <translation>在每个 token 处去掉，而不只在所示 token处；较慢，但精确</translation>
    </message>
    <message>
        <source>Likeliest tokens</source>
        <translation>最可能的 token</translation>
    </message>
    <message>
        <source>Next token</source>
        <translation>下一 token</translation>
    </message>
    <message>
        <source>Token filled in</source>
        <translation>填入的 token</translation>
    </message>
    <message>
        <source>Token filled in for “{token}”</source>
        <translation>填入“{token}”处的 token</translation>
    </message>
    <message>
        <source>Next token after “{token}”</source>
        <translation>“{token}”之后的下一 token</translation>
    </message>
    <message>
        <source>Put {head} back</source>
        <translation>放回 {head}</translation>
    </message>
    <message>
        <source>Take {head} out</source>
        <translation>去掉 {head}</translation>
    </message>
    <message>
        <source>Delete or Backspace on the atlas</source>
        <translation>在总览图上按 Delete 或 Backspace</translation>
    </message>
    <message>
        <source>Stop measuring</source>
        <translation>停止测量</translation>
    </message>
    <message>
        <source>Measure every head</source>
        <translation>测量每个头</translation>
    </message>
    <message>
        <source>Take every head out in turn: how much does the text&apos;s loss rise?</source>
        <translation>逐个去掉每个头：这段文本的损失上升多少？</translation>
    </message>
    <message>
        <source>Put all heads back</source>
        <translation>放回所有头</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Ranking (*.json)</source>
        <translation>排名 (*.json)</translation>
    </message>
    <message>
        <source>rank {a} → {b}, logit {d:+.2f}</source>
        <translation>名次 {a} → {b}，logit {d:+.2f}</translation>
    </message>
    <message>
        <source>Nothing is taken out. Delete on the atlas takes the chosen head out.</source>
        <translation>没有去掉任何头。在总览图上按 Delete 可去掉所选的头。</translation>
    </message>
    <message>
        <source>A masked model: it fills its mask token in and does not go on.</source>
        <translation>这是掩码模型：它填补掩码 token，不续写。</translation>
    </message>
    <message>
        <source>without {heads}</source>
        <translation>去掉 {heads}</translation>
    </message>
    <message>
        <source>KL {kl:.3f} nats</source>
        <translation>KL {kl:.3f} 奈特</translation>
    </message>
    <message>
        <source>{ms:.0f} ms</source>
        <translation>{ms:.0f} 毫秒</translation>
    </message>
    <message>
        <source>loss {a:.3f} → {b:.3f} nats per token</source>
        <translation>损失 {a:.3f} → {b:.3f} 奈特/token</translation>
    </message>
    <message>
        <source>another token is likeliest now</source>
        <translation>最可能的 token 变了</translation>
    </message>
    <message>
        <source>Saved {name}</source>
        <translation>已保存 {name}</translation>
    </message>
</context>
<context>
    <name>BucketsView</name>
    <message>
        <source>bucket</source>
        <translation>桶</translation>
    </message>
    <message>
        <source>Distances that share a bucket</source>
        <translation>共用一个桶的距离</translation>
    </message>
    <message>
        <source>one bucket each nearby, wider and wider ones farther away</source>
        <translation>近处一个距离一个桶，越远的桶越宽</translation>
    </message>
    <message>
        <source>bias</source>
        <translation>偏置</translation>
    </message>
    <message>
        <source>head {n}</source>
        <translation>头 {n}</translation>
    </message>
    <message>
        <source>What head {n} adds</source>
        <translation>头 {n} 加了什么</translation>
    </message>
    <message>
        <source>learned, the same in all layers</source>
        <translation>学到的，各层相同</translation>
    </message>
    <message>
        <source>head</source>
        <translation>头</translation>
    </message>
    <message>
        <source>distance</source>
        <translation>距离</translation>
    </message>
    <message>
        <source>All heads</source>
        <translation>所有头</translation>
    </message>
    <message>
        <source>key − query</source>
        <translation>键 − 查询</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>token</translation>
    </message>
    <message>
        <source>{model} adds a learned bias per bucket; keys ahead have buckets too.</source>
        <translation>{model} 为每个桶加一个学到的偏置；后面的键也有自己的桶。</translation>
    </message>
    <message>
        <source>{model} adds a learned bias per bucket of distance.</source>
        <translation>{model} 为每个距离桶加一个学到的偏置。</translation>
    </message>
    <message>
        <source>{model} does not use buckets. This is how T5 counts them in its decoder: {n} buckets, all distances from {far} on share the last one.</source>
        <translation>{model} 不使用桶。T5 的解码器这样划分：{n} 个桶，从 {far} 起的所有距离共用最后一个。</translation>
    </message>
</context>
<context>
    <name>CandidateButton</name>
    <message>
        <source>“{text}”, probability {p:.3f}, chosen here</source>
        <translation>“{text}”，概率 {p:.3f}，此处所选</translation>
    </message>
    <message>
        <source>“{text}”, probability {p:.3f}, continue from it</source>
        <translation>“{text}”，概率 {p:.3f}，从这里继续</translation>
    </message>
</context>
<context>
    <name>CellPanel</name>
    <message>
        <source>This cell</source>
        <translation>此单元格</translation>
    </message>
    <message>
        <source>= score</source>
        <translation>= 分数</translation>
    </message>
    <message>
        <source>− log Σ of the row</source>
        <translation>− 该行的 log Σ</translation>
    </message>
    <message>
        <source>weight = e^</source>
        <translation>权重 = e^</translation>
    </message>
    <message>
        <source>query {i} “{query}” looks at key {j} “{key}”</source>
        <translation>查询 {i}“{query}”看向键 {j}“{key}”</translation>
    </message>
    <message>
        <source>Point at a cell of the map: its score is added up here.</source>
        <translation>指向热图中的单元格，这里会逐项算出它的分数。</translation>
    </message>
    <message>
        <source>The model gives no weights of its own to compare with.</source>
        <translation>模型没有给出可供对照的权重。</translation>
    </message>
    <message>
        <source>✓ verified: max error {e:.1e}</source>
        <translation>✓ 已验证：最大误差 {e:.1e}</translation>
    </message>
    <message>
        <source>⚠ weights differ from the model&apos;s own by up to {e:.1e}</source>
        <translation>⚠ 权重与模型自身的最多相差 {e:.1e}</translation>
    </message>
    <message>
        <source>Weights rebuilt from queries and keys against the weights the model used.</source>
        <translation>由查询和键重算的权重，与模型实际使用的权重对照。</translation>
    </message>
</context>
<context>
    <name>ChangeCard</name>
    <message>
        <source>What changes</source>
        <translation>有何变化</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>另存为…</translation>
    </message>
    <message>
        <source>Prune, measure, and write the model with its provenance into a folder</source>
        <translation>剪枝、测量，并把模型连同来源信息写入文件夹</translation>
    </message>
    <message>
        <source>dense</source>
        <translation>稠密</translation>
    </message>
    <message>
        <source>expected</source>
        <translation>预计</translation>
    </message>
    <message>
        <source>measured</source>
        <translation>实测</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Tokens per second</source>
        <translation>每秒 token 数</translation>
    </message>
    <message>
        <source>Perplexity</source>
        <translation>困惑度</translation>
    </message>
    <message>
        <source>same</source>
        <translation>不变</translation>
    </message>
    <message>
        <source>Measured under the slider, where every layer is judged as it was whole</source>
        <translation>在滑块下测得：每一层都按完整时的状态来判断</translation>
    </message>
    <message>
        <source>From {n} layers that were pruned alone</source>
        <translation>由单独剪枝的 {n} 层推得</translation>
    </message>
    <message>
        <source>noise ± {n}</source>
        <translation>噪声 ± {n}</translation>
    </message>
    <message>
        <source>real</source>
        <translation>确有变化</translation>
    </message>
    <message>
        <source>within the noise</source>
        <translation>在噪声之内</translation>
    </message>
    <message>
        <source>the same</source>
        <translation>不变</translation>
    </message>
    <message>
        <source>known once saved</source>
        <translation>保存后才知道</translation>
    </message>
    <message>
        <source>zeros take their room</source>
        <translation>零也占位置</translation>
    </message>
    <message>
        <source>not measured</source>
        <translation>未测量</translation>
    </message>
    <message>
        <source>same: {size}</source>
        <translation>不变：{size}</translation>
    </message>
    <message>
        <source>Saved with one bit per weight and the values that stay: opens in Lathe.</source>
        <translation>每个权重存一位，再存留下的数值：可在 Lathe 中打开。</translation>
    </message>
    <message>
        <source>The file is as large as before: zeros are still stored.</source>
        <translation>文件和原来一样大：零仍然要存。</translation>
    </message>
    <message>
        <source>In memory the zeros are numbers like others, so size and speed stay.</source>
        <translation>在内存中零与其他数一样，因此大小和速度不变。</translation>
    </message>
    <message>
        <source>{method} at {ratio}: calibrate {a:.1f} s, score {b:.1f} s, measure {c:.1f} s; calibration {sha}, measured on {other}.</source>
        <translation>{method}，{ratio}：校准 {a:.1f} 秒，评分 {b:.1f} 秒，测量 {c:.1f} 秒；校准文本 {sha}，测量文本 {other}。</translation>
    </message>
    <message>
        <source>The last run was another one: perplexity {p}.</source>
        <translation>上一次运行是另一种设置：困惑度 {p}。</translation>
    </message>
    <message>
        <source>Expected: under the slider, every layer judged by whole inputs; measured: by inputs that come from pruned layers.</source>
        <translation>预计：滑块之下，每层都以未剪枝的输入来判断；实测：以来自已剪枝层的输入来判断。</translation>
    </message>
    <message>
        <source>Written to {out} in {time}.</source>
        <translation>已写入 {out}，用时 {time}。</translation>
    </message>
    <message>
        <source>Perplexity: {windows}.</source>
        <translation>困惑度：{windows}。</translation>
    </message>
</context>
<context>
    <name>ChoicePanel</name>
    <message>
        <source>Comparison</source>
        <translation>对比</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Technique</source>
        <translation>技巧</translation>
    </message>
    <message>
        <source>Questions</source>
        <translation>题目</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Examples</source>
        <translation>示例</translation>
    </message>
    <message>
        <source>States</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>4-bit (nf4)</source>
        <translation>4 位 (nf4)</translation>
    </message>
    <message>
        <source>4-bit (fp4)</source>
        <translation>4 位 (fp4)</translation>
    </message>
    <message>
        <source>8-bit</source>
        <translation>8 位</translation>
    </message>
    <message>
        <source>Models {models} · techniques {columns} · questions {items}</source>
        <translation>模型 {models} · 技巧 {columns} · 题目 {items}</translation>
    </message>
    <message>
        <source>those that were given</source>
        <translation>各列给出的回答</translation>
    </message>
    <message>
        <source>the right one, if known</source>
        <translation>标准答案（若已知）</translation>
    </message>
    <message>
        <source>the right one</source>
        <translation>标准答案</translation>
    </message>
    <message>
        <source>the one that was given</source>
        <translation>模型给出的回答</translation>
    </message>
    <message>
        <source>every order</source>
        <translation>所有顺序</translation>
    </message>
    <message>
        <source>pairs of them</source>
        <translation>任取两个</translation>
    </message>
    <message>
        <source>all but one</source>
        <translation>去掉一个</translation>
    </message>
    <message>
        <source>{title} ({n} answers)</source>
        <translation>{title}（{n} 个回答）</translation>
    </message>
    <message>
        <source>Demonstration: one wrong example</source>
        <translation>演示：一个错误示例</translation>
    </message>
    <message>
        <source>the first {n} of {total}</source>
        <translation>前 {n} 题，共 {total} 题</translation>
    </message>
    <message>
        <source>all {n}</source>
        <translation>全部 {n} 题</translation>
    </message>
</context>
<context>
    <name>Column</name>
    <message>
        <source>branch at {n}</source>
        <translation>在第 {n} 处分支</translation>
    </message>
    <message>
        <source>path {n} of {all}</source>
        <translation>路径 {n}/{all}</translation>
    </message>
    <message>
        <source>from “{token}” on</source>
        <translation>从“{token}”开始</translation>
    </message>
    <message>
        <source>asked before the last edit</source>
        <translation>最后一次编辑之前的结果</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>answering</source>
        <translation>回答中</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>right</source>
        <translation>正确</translation>
    </message>
    <message>
        <source>no answer found</source>
        <translation>未找到答案</translation>
    </message>
    <message>
        <source>wrong</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>No answer by the rule “{rule}”</source>
        <translation>按规则“{rule}”未找到答案</translation>
    </message>
    <message>
        <source>Answer {value}</source>
        <translation>答案 {value}</translation>
    </message>
    <message>
        <source>answer stage</source>
        <translation>读自作答阶段</translation>
    </message>
    <message>
        <source>expected {value}</source>
        <translation>应为 {value}</translation>
    </message>
    <message>
        <source>Found by the rule “{rule}”: {value}</source>
        <translation>按规则“{rule}”找到：{value}</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Exact text sent</source>
        <translation>实际发送的文本</translation>
    </message>
    <message>
        <source>{n} tokens</source>
        <translation>{n} 个 token</translation>
    </message>
    <message>
        <source>Waiting for its turn…</source>
        <translation>等待轮到它…</translation>
    </message>
    <message>
        <source>Reading the prompt…</source>
        <translation>正在读取提示词…</translation>
    </message>
    <message>
        <source>Stopped before the first token.</source>
        <translation>在第一个 token 之前停止。</translation>
    </message>
    <message>
        <source>The model answered with nothing.</source>
        <translation>模型的回答为空。</translation>
    </message>
    <message>
        <source>{n} tokens so far</source>
        <translation>已有 {n} 个 token</translation>
    </message>
    <message>
        <source>{new} tokens in + {reused} reused · {out} out</source>
        <translation>输入 {new} + 复用 {reused} · 输出 {out} token</translation>
    </message>
    <message>
        <source>{new} tokens in · {out} out</source>
        <translation>输入 {new} · 输出 {out} token</translation>
    </message>
    <message>
        <source>probability {p:.2f}</source>
        <translation>概率 {p:.2f}</translation>
    </message>
    <message>
        <source>Tokens in: prompt tokens computed for this column; reused: taken from the shared beginning of several columns.
Probability: that of its tokens, their geometric mean; what was put there to ask for the answer counts neither here nor among the tokens out.
Times are from the start of this column&apos;s reading; columns are decoded together, so they share the processor.</source>
        <translation>输入 token：为本列计算的提示词 token；复用：取自多列共有的开头。
概率：本列各 token 概率的几何平均；为引出答案而填入的部分既不计入此处，也不计入输出 token。
时间从开始读取本列算起；各列一起解码，因此共用处理器。</translation>
    </message>
    <message>
        <source>first token {t}</source>
        <translation>首个 token {t}</translation>
    </message>
    <message>
        <source>{rate} tokens/s</source>
        <translation>{rate} token/秒</translation>
    </message>
    <message>
        <source>Decoding it alone…</source>
        <translation>正在单独解码…</translation>
    </message>
    <message>
        <source>✓ Alone: identical, all {n} tokens</source>
        <translation>✓ 单独解码：{n} 个 token 全部相同</translation>
    </message>
    <message>
        <source>≠ Alone: differs first at token {n}: “{alone}” instead of “{here}”</source>
        <translation>≠ 单独解码：首个差异在第 {n} 个 token：“{alone}”而非“{here}”</translation>
    </message>
    <message>
        <source>⚠ The check failed: {why}</source>
        <translation>⚠ 检查失败：{why}</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Quantisation</source>
        <translation>量化</translation>
    </message>
    <message>
        <source>Attention</source>
        <translation>注意力</translation>
    </message>
    <message>
        <source>Decoded together</source>
        <translation>同批解码数</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>Edits</source>
        <translation>修改</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>Packages</source>
        <translation>软件包</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>答案</translation>
    </message>
</context>
<context>
    <name>CommandPalette</name>
    <message>
        <source>Command palette</source>
        <translation>命令面板</translation>
    </message>
    <message>
        <source>Type a command</source>
        <translation>输入命令</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Matching commands</source>
        <translation>匹配的命令</translation>
    </message>
    <message>
        <source>No command matches.</source>
        <translation>没有匹配的命令。</translation>
    </message>
</context>
<context>
    <name>Commands</name>
    <message>
        <source>Go to {page}</source>
        <translation>转到“{page}”</translation>
    </message>
    <message>
        <source>Preferences …</source>
        <translation>首选项…</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>重做</translation>
    </message>
    <message>
        <source>Command palette …</source>
        <translation>命令面板…</translation>
    </message>
    <message>
        <source>Find any command by typing</source>
        <translation>输入文字查找任意命令</translation>
    </message>
    <message>
        <source>Jobs</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Show or hide the jobs panel</source>
        <translation>显示或隐藏任务面板</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>Show or hide the log panel</source>
        <translation>显示或隐藏日志面板</translation>
    </message>
    <message>
        <source>Switch between light and dark</source>
        <translation>切换浅色与深色</translation>
    </message>
    <message>
        <source>Switch between English and Chinese</source>
        <translation>切换英文与中文</translation>
    </message>
    <message>
        <source>Larger text</source>
        <translation>放大文字</translation>
    </message>
    <message>
        <source>Smaller text</source>
        <translation>缩小文字</translation>
    </message>
    <message>
        <source>Reset layout</source>
        <translation>重置布局</translation>
    </message>
    <message>
        <source>Load the model</source>
        <translation>加载模型</translation>
    </message>
    <message>
        <source>Unload the model</source>
        <translation>卸载模型</translation>
    </message>
    <message>
        <source>Free the memory that the model uses</source>
        <translation>释放模型占用的内存</translation>
    </message>
    <message>
        <source>Stop every job</source>
        <translation>停止所有任务</translation>
    </message>
    <message>
        <source>Keyboard shortcuts …</source>
        <translation>键盘快捷键…</translation>
    </message>
    <message>
        <source>About Lathe …</source>
        <translation>关于 Lathe…</translation>
    </message>
</context>
<context>
    <name>ComparePage</name>
    <message>
        <source>Compare</source>
        <translation>对比</translation>
    </message>
    <message>
        <source>The same question, asked in different ways, side by side.</source>
        <translation>同一个问题，用不同方式提问，并排比较。</translation>
    </message>
    <message>
        <source>Load the sample</source>
        <translation>载入示例</translation>
    </message>
    <message>
        <source>Run asks the question with each chosen technique, side by side.</source>
        <translation>点击“运行”，用每种选中的技巧并排提问。</translation>
    </message>
    <message>
        <source>Use a prompt of the library</source>
        <translation>使用提示库中的提示</translation>
    </message>
    <message>
        <source>Open a stored run</source>
        <translation>打开已保存的运行</translation>
    </message>
    <message>
        <source>Question {n} of {m} is open here; Runs lets you choose another.</source>
        <translation>已打开 {m} 个问题中的第 {n} 个；在“运行”页可选择其他问题。</translation>
    </message>
    <message>
        <source>Change the prompt&apos;s language</source>
        <translation>切换提示词语言</translation>
    </message>
    <message>
        <source>Load the sample with documents</source>
        <translation>载入带文档的示例</translation>
    </message>
</context>
<context>
    <name>ComponentsView</name>
    <message>
        <source>Items per task</source>
        <translation>每项任务的题数</translation>
    </message>
    <message>
        <source>Held-out items per teaching task; more make it surer</source>
        <translation>每项教学任务的留出题；题越多，结果越可靠</translation>
    </message>
    <message>
        <source>or lines of your own</source>
        <translation>或您自己的文本行</translation>
    </message>
    <message>
        <source>One item per line; empty: the teaching tasks</source>
        <translation>每行一题；留空则用教学任务</translation>
    </message>
    <message>
        <source>Measure the components</source>
        <translation>测量各组件</translation>
    </message>
    <message>
        <source>Taken out of every layer</source>
        <translation>从每一层去掉</translation>
    </message>
    <message>
        <source>Taken out of one layer</source>
        <translation>从某一层去掉</translation>
    </message>
    <message>
        <source>Measure takes each part out of {model}, reads the loss on held-out tasks, and puts everything back.</source>
        <translation>“测量”会逐一去掉 {model} 的各个部分，读取留出任务上的损失，再全部恢复。</translation>
    </message>
    <message>
        <source>Without {part} the loss rises by {rise} nats per token.</source>
        <translation>去掉{part}后，损失每 token 上升 {rise} 奈特。</translation>
    </message>
    <message>
        <source>Whole model: {loss} nats per token on {items} held-out items ({tokens} predicted tokens); intervals 95 %, paired. {restored}</source>
        <translation>完整模型：在 {items} 道留出题上每 token {loss} 奈特（预测 {tokens} 个 token）；95 % 区间，配对。{restored}</translation>
    </message>
    <message>
        <source>Afterwards its logits are bit for bit what they were.</source>
        <translation>测量后其 logits 与之前逐位相同。</translation>
    </message>
    <message>
        <source>Afterwards its logits differ: load it again.</source>
        <translation>测量后其 logits 有变化：请重新加载。</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>This model has no: {names}.</source>
        <translation>此模型没有：{names}。</translation>
    </message>
    <message>
        <source>Without</source>
        <translation>去掉</translation>
    </message>
    <message>
        <source>Loss rises by</source>
        <translation>损失上升</translation>
    </message>
    <message>
        <source>Nats per predicted token, against the whole model</source>
        <translation>相对完整模型，每个预测 token 的奈特数</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>Nats per token</source>
        <translation>每 token 的奈特数</translation>
    </message>
    <message>
        <source>{part}, layer {n}</source>
        <translation>{part}，第 {n} 层</translation>
    </message>
    <message>
        <source>numbers overflow</source>
        <translation>数值溢出</translation>
    </message>
    <message>
        <source>On {n} items the numbers grow beyond what the model&apos;s format holds.</source>
        <translation>有 {n} 题的数值超出了模型数值格式的范围。</translation>
    </message>
    <message>
        <source>{low} to {high}, n = {n} items</source>
        <translation>{low} 至 {high}，n = {n} 题</translation>
    </message>
    <message>
        <source>positions</source>
        <translation>位置编码</translation>
    </message>
    <message>
        <source>attention</source>
        <translation>注意力</translation>
    </message>
    <message>
        <source>norms</source>
        <translation>归一化</translation>
    </message>
    <message>
        <source>the final norm</source>
        <translation>最终归一化</translation>
    </message>
    <message>
        <source>lines.txt: the lines of the window</source>
        <translation>lines.txt：窗口中的文本行</translation>
    </message>
</context>
<context>
    <name>ConfirmClose</name>
    <message>
        <source>Close Lathe?</source>
        <translation>关闭 Lathe？</translation>
    </message>
    <message>
        <source>Jobs still run: {n}.</source>
        <translation>仍有 {n} 个任务在运行。</translation>
    </message>
    <message>
        <source>Closing stops them; finished parts are kept.</source>
        <translation>关闭会停止它们；已完成的部分会保留。</translation>
    </message>
    <message>
        <source>Do not ask again</source>
        <translation>不再询问</translation>
    </message>
    <message>
        <source>Stop and close</source>
        <translation>停止并关闭</translation>
    </message>
    <message>
        <source>Keep working</source>
        <translation>继续工作</translation>
    </message>
</context>
<context>
    <name>Context</name>
    <message>
        <source>Full</source>
        <translation>完整</translation>
    </message>
    <message>
        <source>8 bits (fp8)</source>
        <translation>8 位（fp8）</translation>
    </message>
    <message>
        <source>4 bits (quanto)</source>
        <translation>4 位（quanto）</translation>
    </message>
    <message>
        <source>4 bits (HQQ)</source>
        <translation>4 位（HQQ）</translation>
    </message>
    <message>
        <source>In main memory</source>
        <translation>放在主内存</translation>
    </message>
    <message>
        <source>Only what is seen</source>
        <translation>只留看得到的</translation>
    </message>
    <message>
        <source>every key and value as it is</source>
        <translation>键和值原样保留</translation>
    </message>
    <message>
        <source>8-bit floating point, needs no package</source>
        <translation>8 位浮点，不需要额外的包</translation>
    </message>
    <message>
        <source>4-bit integers, needs optimum-quanto</source>
        <translation>4 位整数，需要 optimum-quanto</translation>
    </message>
    <message>
        <source>4-bit integers, needs hqq</source>
        <translation>4 位整数，需要 hqq</translation>
    </message>
    <message>
        <source>each layer comes to the GPU when it is its turn</source>
        <translation>每层轮到时才搬到 GPU</translation>
    </message>
    <message>
        <source>what sinks or a sliding window may still look at</source>
        <translation>注意力汇或滑动窗口还可能看到的部分</translation>
    </message>
    <message>
        <source>As loaded</source>
        <translation>与加载时相同</translation>
    </message>
    <message>
        <source>Written out (eager)</source>
        <translation>逐步计算（eager）</translation>
    </message>
    <message>
        <source>The text fits the window</source>
        <translation>文本放得进窗口</translation>
    </message>
    <message>
        <source>Up to twice the window, no training</source>
        <translation>不超过窗口两倍，不训练</translation>
    </message>
    <message>
        <source>Up to eight times, no training</source>
        <translation>不超过八倍，不训练</translation>
    </message>
    <message>
        <source>A little training is possible</source>
        <translation>可以做少量训练</translation>
    </message>
    <message>
        <source>Questions about a long document</source>
        <translation>就一份长文档提问</translation>
    </message>
    <message>
        <source>Questions across many documents</source>
        <translation>跨多份文档提问</translation>
    </message>
    <message>
        <source>Summary of a long document</source>
        <translation>长文档摘要</translation>
    </message>
    <message>
        <source>Recall over many turns</source>
        <translation>多轮对话中的回忆</translation>
    </message>
    <message>
        <source>A long persona</source>
        <translation>很长的角色设定</translation>
    </message>
    <message>
        <source>Very many examples</source>
        <translation>非常多的示例</translation>
    </message>
    <message>
        <source>A novel of 30,000 characters</source>
        <translation>三万字的小说</translation>
    </message>
    <message>
        <source>My own choice</source>
        <translation>我自己选</translation>
    </message>
    <message>
        <source>Leave the model as it is: every method costs something within.</source>
        <translation>模型保持原样：窗口之内，每种方法都有代价。</translation>
    </message>
    <message>
        <source>NTK per request: one factor for the whole request, so short texts lose nothing and the cache stays right.</source>
        <translation>按请求的 NTK：整个请求用同一个倍数，短文本毫无损失，缓存也始终正确。</translation>
    </message>
    <message>
        <source>ReRoPE: no distance is new to the model, so it holds where changed frequencies break. Self-Extend is close.</source>
        <translation>ReRoPE：对模型来说没有新的距离，因此在改频率的方法失效处仍能坚持。Self-Extend 与之接近。</translation>
    </message>
    <message>
        <source>Position interpolation: crowded positions need a few hundred steps, then they hold best.</source>
        <translation>位置插值：拥挤的位置需要几百步训练，之后表现最好。</translation>
    </message>
    <message>
        <source>Beginning alone</source>
        <translation>只读开头</translation>
    </message>
    <message>
        <source>As a whole</source>
        <translation>整体阅读</translation>
    </message>
    <message>
        <source>Retrieval</source>
        <translation>检索</translation>
    </message>
    <message>
        <source>Refine</source>
        <translation>逐步修订</translation>
    </message>
    <message>
        <source>Long output</source>
        <translation>长篇输出</translation>
    </message>
    <message>
        <source>As advised</source>
        <translation>按建议</translation>
    </message>
    <message>
        <source>What does not fit is never read: the floor.</source>
        <translation>放不下的从不被读到：这是下限。</translation>
    </message>
    <message>
        <source>Passages that match the question by words and meaning, nothing else.</source>
        <translation>只读词和语义与问题相符的段落。</translation>
    </message>
    <message>
        <source>Passages side by side; the surest one decides each token (Su 2023).</source>
        <translation>段落并排阅读；每个 token 由最有把握的段落决定（苏剑林，2023）。</translation>
    </message>
    <message>
        <source>Every part is read alone, in one batch; the results are joined.</source>
        <translation>各部分分别成批阅读，再合并结果。</translation>
    </message>
    <message>
        <source>Part after part; each may correct what was said so far.</source>
        <translation>逐段阅读；每段都可以修正已有的回答。</translation>
    </message>
    <message>
        <source>An outline first, then its sections, with a rolling summary.</source>
        <translation>先写提纲，再写各节，并滚动摘要。</translation>
    </message>
    <message>
        <source>found</source>
        <translation>找到</translation>
    </message>
    <message>
        <source>part read</source>
        <translation>读完一部分</translation>
    </message>
    <message>
        <source>joined</source>
        <translation>合并</translation>
    </message>
    <message>
        <source>combined</source>
        <translation>汇总</translation>
    </message>
    <message>
        <source>refined</source>
        <translation>修订</translation>
    </message>
    <message>
        <source>answered</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>outlined</source>
        <translation>列提纲</translation>
    </message>
    <message>
        <source>section written</source>
        <translation>写完一节</translation>
    </message>
    <message>
        <source>summarised</source>
        <translation>摘要</translation>
    </message>
    <message>
        <source>{n} s</source>
        <translation>{n} 秒</translation>
    </message>
</context>
<context>
    <name>ContextPage</name>
    <message>
        <source>Context</source>
        <translation>上下文</translation>
    </message>
    <message>
        <source>Stretch the window, or work around it, and measure which way holds.</source>
        <translation>拉长窗口，或绕开窗口，并测量哪种办法管用。</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Show or hide the settings</source>
        <translation>显示或隐藏设置</translation>
    </message>
    <message>
        <source>The sample took the place of your documents and question.</source>
        <translation>示例已替换您的文档和问题。</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Folder for the trained model</source>
        <translation>存放训练后模型的文件夹</translation>
    </message>
    <message>
        <source>Saved in {folder}</source>
        <translation>已保存到 {folder}</translation>
    </message>
    <message>
        <source>Keys and perplexity</source>
        <translation>密码与困惑度</translation>
    </message>
    <message>
        <source>Frequencies</source>
        <translation>频率</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Documents</source>
        <translation>文档</translation>
    </message>
    <message>
        <source>Every method on the loaded model; Stop keeps what is measured.</source>
        <translation>每种方法都在已加载的模型上运行；停止后保留已测的结果。</translation>
    </message>
    <message>
        <source>What each method changes, read from the model itself.</source>
        <translation>每种方法改变了什么，从模型本身读出。</translation>
    </message>
    <message>
        <source>A short training on stretched positions, on a copy.</source>
        <translation>在副本上，以拉伸的位置做短时训练。</translation>
    </message>
    <message>
        <source>Around the model: the window stays, the reading changes.</source>
        <translation>在模型之外：窗口不变，改变读法。</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>测量</translation>
    </message>
    <message>
        <source>Read frequencies</source>
        <translation>读取频率</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Ask</source>
        <translation>提问</translation>
    </message>
</context>
<context>
    <name>CostCharts</name>
    <message>
        <source>Perplexity against position</source>
        <translation>困惑度与位置</translation>
    </message>
    <message>
        <source>Memory of one text</source>
        <translation>一段文本的内存</translation>
    </message>
    <message>
        <source>Time to read one text</source>
        <translation>读一篇文本的时间</translation>
    </message>
    <message>
        <source>position</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>token</translation>
    </message>
    <message>
        <source>perplexity</source>
        <translation>困惑度</translation>
    </message>
    <message>
        <source>teaching corpus</source>
        <translation>教学语料</translation>
    </message>
    <message>
        <source>keys and values, forecast</source>
        <translation>键和值，预测</translation>
    </message>
    <message>
        <source>keys and values, measured</source>
        <translation>键和值，实测</translation>
    </message>
    <message>
        <source>at the peak: {method}</source>
        <translation>峰值：{method}</translation>
    </message>
    <message>
        <source>memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Forecast from the model&apos;s shape, measured on the cache. At the peak: all that was held at once besides the weights while one text was read and asked about</source>
        <translation>预测来自模型的形状，实测来自缓存。峰值：读一段文本并提问时，权重之外同时占用的全部内存</translation>
    </message>
    <message>
        <source>forecast</source>
        <translation>预测</translation>
    </message>
    <message>
        <source>length</source>
        <translation>长度</translation>
    </message>
    <message>
        <source>Windows: {windows}; scored are the last {stride} tokens of each; text: {text}</source>
        <translation>窗口数：{windows}；每个窗口计分最后 {stride} 个 token；文本：{text}</translation>
    </message>
    <message>
        <source>seconds per text</source>
        <translation>每篇文本的秒数</translation>
    </message>
    <message>
        <source>One text with all its questions. Forecast: the model&apos;s multiplications, scaled to the first length</source>
        <translation>一篇文本连同其全部问题。预测：按模型的乘法次数，以最短的长度定标</translation>
    </message>
    <message>
        <source>trained</source>
        <translation>训练长度</translation>
    </message>
</context>
<context>
    <name>CrashDialog</name>
    <message>
        <source>Something went wrong</source>
        <translation>出现问题</translation>
    </message>
    <message>
        <source>Lathe ended unexpectedly the last time.</source>
        <translation>Lathe 上次意外退出。</translation>
    </message>
    <message>
        <source>Something unforeseen happened. Your work is saved; you can go on.</source>
        <translation>发生了意外错误。您的工作已保存，可以继续。</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>详细信息</translation>
    </message>
    <message>
        <source>Copy details</source>
        <translation>复制详细信息</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>打开文件夹</translation>
    </message>
</context>
<context>
    <name>CurvesCard</name>
    <message>
        <source>perplexity</source>
        <translation>困惑度</translation>
    </message>
    <message>
        <source>accuracy</source>
        <translation>正确率</translation>
    </message>
    <message>
        <source>Perplexity against ratio</source>
        <translation>困惑度与剪枝率</translation>
    </message>
    <message>
        <source>share of zeros</source>
        <translation>零的比例</translation>
    </message>
    <message>
        <source>right answers</source>
        <translation>答对</translation>
    </message>
    <message>
        <source>slider</source>
        <translation>滑块</translation>
    </message>
    <message>
        <source>dense</source>
        <translation>稠密</translation>
    </message>
    <message>
        <source>Right answers against ratio</source>
        <translation>正确率与剪枝率</translation>
    </message>
    <message>
        <source>Measure curves prunes by each method at each ratio.</source>
        <translation>“测量曲线”用每种方法在每个比例上各剪一次。</translation>
    </message>
    <message>
        <source>{model}; {windows} windows of {length} tokens, seed {seed}; {n} of {all} points</source>
        <translation>{model}；{windows} 个窗口，每个 {length} token，种子 {seed}；{n} / {all} 个点</translation>
    </message>
    <message>
        <source>calibration {a}, measured on {b}</source>
        <translation>校准文本 {a}，测量文本 {b}</translation>
    </message>
</context>
<context>
    <name>CurvesView</name>
    <message>
        <source>Accuracy on</source>
        <translation>正确率任务</translation>
    </message>
    <message>
        <source> items</source>
        <translation> 题</translation>
    </message>
    <message>
        <source>with steps</source>
        <translation>带步骤</translation>
    </message>
    <message>
        <source>Ask for the steps before the answer</source>
        <translation>先要求写出步骤再作答</translation>
    </message>
    <message>
        <source>Items of the task</source>
        <translation>任务的题数</translation>
    </message>
    <message>
        <source>Every point</source>
        <translation>所有的点</translation>
    </message>
    <message>
        <source>Zeros</source>
        <translation>零</translation>
    </message>
    <message>
        <source>dense</source>
        <translation>稠密</translation>
    </message>
    <message>
        <source>Stopped: what was measured stays; Measure curves goes on.</source>
        <translation>已停止：测过的都保留；再点“测量曲线”会接着测。</translation>
    </message>
    <message>
        <source>Points measured before: {n}.</source>
        <translation>其中以前测得的点：{n} 个。</translation>
    </message>
    <message>
        <source>no task</source>
        <translation>不选任务</translation>
    </message>
</context>
<context>
    <name>DataFormats</name>
    <message>
        <source>promptfoo tests</source>
        <translation>promptfoo 测试</translation>
    </message>
    <message>
        <source>promptfoo table</source>
        <translation>promptfoo 表格</translation>
    </message>
    <message>
        <source>GSM8K</source>
        <translation>GSM8K</translation>
    </message>
    <message>
        <source>OpenAI evals</source>
        <translation>OpenAI evals</translation>
    </message>
    <message>
        <source>conversations</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>prompts with completions</source>
        <translation>提示与补全</translation>
    </message>
    <message>
        <source>BIG-Bench</source>
        <translation>BIG-Bench</translation>
    </message>
    <message>
        <source>plain records</source>
        <translation>普通记录</translation>
    </message>
    <message>
        <source>table</source>
        <translation>表格</translation>
    </message>
    <message>
        <source>JSON lines</source>
        <translation>JSON Lines</translation>
    </message>
    <message>
        <source>JSON</source>
        <translation>JSON</translation>
    </message>
    <message>
        <source>YAML</source>
        <translation>YAML</translation>
    </message>
    <message>
        <source>UTF-8 with its mark</source>
        <translation>带 BOM 的 UTF-8</translation>
    </message>
    <message>
        <source>GBK (GB18030)</source>
        <translation>GBK（GB18030）</translation>
    </message>
</context>
<context>
    <name>Details</name>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Load options</source>
        <translation>加载选项</translation>
    </message>
    <message>
        <source>In memory now</source>
        <translation>当前在内存中</translation>
    </message>
    <message>
        <source>Anatomy</source>
        <translation>结构剖析</translation>
    </message>
    <message>
        <source>Allow pickle for this model…</source>
        <translation>允许此模型使用 pickle…</translation>
    </message>
    <message>
        <source>Allow its code for this model…</source>
        <translation>允许运行此模型自带的代码…</translation>
    </message>
    <message>
        <source>These options differ from those in memory; load again to apply them.</source>
        <translation>这些选项与内存中的不同；重新加载后生效。</translation>
    </message>
    <message>
        <source>Details of the model</source>
        <translation>模型详情</translation>
    </message>
</context>
<context>
    <name>DocumentsPanel</name>
    <message>
        <source>Reading</source>
        <translation>阅读</translation>
    </message>
    <message>
        <source>Finding passages</source>
        <translation>查找段落</translation>
    </message>
    <message>
        <source>Long output</source>
        <translation>长文写作</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>窗口</translation>
    </message>
    <message>
        <source>Passage</source>
        <translation>段落</translation>
    </message>
    <message>
        <source>Overlap</source>
        <translation>重叠</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Ranked by</source>
        <translation>排序依据</translation>
    </message>
    <message>
        <source>Passages</source>
        <translation>段落数</translation>
    </message>
    <message>
        <source>Encoder</source>
        <translation>编码器</translation>
    </message>
    <message>
        <source>Contexts</source>
        <translation>上下文数</translation>
    </message>
    <message>
        <source>Stickiness</source>
        <translation>黏性</translation>
    </message>
    <message>
        <source>Losers leave after</source>
        <translation>落选者退出于</translation>
    </message>
    <message>
        <source>Rank&apos;s weight</source>
        <translation>排名权重</translation>
    </message>
    <message>
        <source>Waves at most</source>
        <translation>最多轮数</translation>
    </message>
    <message>
        <source>Sections</source>
        <translation>节数</translation>
    </message>
    <message>
        <source>Each</source>
        <translation>每节</translation>
    </message>
    <message>
        <source>as trained</source>
        <translation>训练时</translation>
    </message>
    <message>
        <source>as fits</source>
        <translation>按需</translation>
    </message>
    <message>
        <source>never</source>
        <translation>从不</translation>
    </message>
    <message>
        <source> tokens</source>
        <translation> 个 token</translation>
    </message>
    <message>
        <source>Tokens that one prompt with its answer may have</source>
        <translation>一个提示连同回答最多的 token 数</translation>
    </message>
    <message>
        <source>Most passages that are read side by side</source>
        <translation>最多并排阅读的段落数</translation>
    </message>
    <message>
        <source>Weight against what the model says without any passage</source>
        <translation>相对于模型不看任何段落时所说内容的权重</translation>
    </message>
    <message>
        <source>Unlikely tokens are cut before passages are compared</source>
        <translation>比较段落之前先去掉不太可能的 token</translation>
    </message>
    <message>
        <source>Entropy in nats by which the passage of the token before is favoured</source>
        <translation>上一个 token 所属段落享有的熵优惠（奈特）</translation>
    </message>
    <message>
        <source>Tokens of whole sentences that a passage repeats of the one before</source>
        <translation>每个段落重复前一段的整句 token 数</translation>
    </message>
    <message>
        <source>Passages that won none of so many tokens are read no longer</source>
        <translation>在这么多 token 中一次都没有胜出的段落不再读取</translation>
    </message>
    <message>
        <source>Nats of entropy by which a passage is favoured per nat of its rank by retrieval; ours, 0 is NBCE as published</source>
        <translation>按检索排名的每纳特给段落减去的熵（纳特）；本程序自有，0 即原版 NBCE</translation>
    </message>
    <message>
        <source>Results are joined in waves while they do not fit; each must be shorter</source>
        <translation>部分结果放不下时逐轮合并，每一轮都必须变短</translation>
    </message>
    <message>
        <source>May be more than the window: request and outline stay in sight as sinks</source>
        <translation>可以超过窗口：要求和提纲作为注意力汇（sinks）始终可见</translation>
    </message>
    <message>
        <source>words and meaning</source>
        <translation>词和语义</translation>
    </message>
    <message>
        <source>words (BM25)</source>
        <translation>词（BM25）</translation>
    </message>
    <message>
        <source>meaning</source>
        <translation>语义</translation>
    </message>
</context>
<context>
    <name>DocumentsSection</name>
    <message>
        <source>Documents</source>
        <translation>文档</translation>
    </message>
    <message>
        <source>Passages found in them for the question stand in the prompt&apos;s context.</source>
        <translation>从文档中为该问题检索到的段落会放进提示词的上下文。</translation>
    </message>
    <message>
        <source>Passages</source>
        <translation>段落数</translation>
    </message>
    <message>
        <source>Most passages per question</source>
        <translation>每个问题最多的段落数</translation>
    </message>
    <message>
        <source>Most passages per question; fewer where the model&apos;s window has no room</source>
        <translation>每个问题最多的段落数；模型窗口放不下时会减少</translation>
    </message>
    <message>
        <source>How passages are found</source>
        <translation>检索段落的方式</translation>
    </message>
    <message>
        <source>by words and meaning</source>
        <translation>按词语和语义</translation>
    </message>
    <message>
        <source>by words (BM25)</source>
        <translation>按词语（BM25）</translation>
    </message>
    <message>
        <source>by meaning</source>
        <translation>按语义</translation>
    </message>
    <message>
        <source>Both ranks joined by reciprocal rank fusion</source>
        <translation>用倒数排名融合（RRF）合并两种排名</translation>
    </message>
    <message>
        <source>Words of the question, the rare ones most; needs no encoder</source>
        <translation>按问题中的词语，越少见的权重越大；不需要编码器</translation>
    </message>
    <message>
        <source>Hidden states of the model itself, compared by their angle</source>
        <translation>用模型自身的隐藏状态，按夹角比较</translation>
    </message>
    <message>
        <source>Read by {names}; the other columns answer without.</source>
        <translation>由“{names}”读取；其他列在没有文档的情况下回答。</translation>
    </message>
    <message>
        <source>Read by every column.</source>
        <translation>每一列都读取。</translation>
    </message>
</context>
<context>
    <name>DocumentsView</name>
    <message>
        <source>A question about the documents; empty = a summary</source>
        <translation>关于文档的问题；留空 = 摘要</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Ask</source>
        <translation>提问</translation>
    </message>
    <message>
        <source>Sample</source>
        <translation>示例</translation>
    </message>
    <message>
        <source>Documents and a question for the chosen task; Undo brings yours back</source>
        <translation>适合所选任务的文档和问题；撤销可恢复您自己的内容</translation>
    </message>
    <message>
        <source>Try a sample</source>
        <translation>试试示例</translation>
    </message>
    <message>
        <source>Drop documents here, ask, and see which way of reading finds the answer.</source>
        <translation>把文档拖到这里，提个问题，看哪种读法能找到答案。</translation>
    </message>
    <message>
        <source>What each way cost</source>
        <translation>各种读法的代价</translation>
    </message>
    <message>
        <source>One run each, on this machine, as loaded.</source>
        <translation>各运行一次，在本机上，按当前加载方式。</translation>
    </message>
    <message>
        <source>Ask, and see which way of reading finds the answer.</source>
        <translation>提问，看看哪种读法能找到答案。</translation>
    </message>
    <message>
        <source>a summary</source>
        <translation>摘要</translation>
    </message>
    <message>
        <source>Asked before, of {n} documents: {question}</source>
        <translation>此前的提问（{n} 份文档）：{question}</translation>
    </message>
    <message>
        <source>Way</source>
        <translation>读法</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Tokens read</source>
        <translation>读入 token</translation>
    </message>
    <message>
        <source>prompt tokens over all steps</source>
        <translation>所有步骤的提示 token</translation>
    </message>
    <message>
        <source>computed</source>
        <translation>计算</translation>
    </message>
    <message>
        <source>shared beginnings count once</source>
        <translation>共用的开头只算一次</translation>
    </message>
    <message>
        <source>written</source>
        <translation>写出</translation>
    </message>
    <message>
        <source>longest prompt</source>
        <translation>最长提示</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
</context>
<context>
    <name>DownloadDialog</name>
    <message>
        <source>Download a model</source>
        <translation>下载模型</translation>
    </message>
    <message>
        <source>owner/name, or the address of the model&apos;s page</source>
        <translation>所有者/名称，或模型页面的地址</translation>
    </message>
    <message>
        <source>Repository</source>
        <translation>仓库</translation>
    </message>
    <message>
        <source>Look up</source>
        <translation>查询</translation>
    </message>
    <message>
        <source>Options</source>
        <translation>选项</translation>
    </message>
    <message>
        <source>Weight files</source>
        <translation>权重文件</translation>
    </message>
    <message>
        <source>what a load needs; or a pattern: *Q4_K_M.gguf</source>
        <translation>加载所需的文件；或填写模式：*Q4_K_M.gguf</translation>
    </message>
    <message>
        <source>Take pickle weights when there is nothing safer (they can run code)</source>
        <translation>没有更安全的格式时接受 pickle 权重（可能执行代码）</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Stopping keeps every file that is complete. A file that is only partly here starts again from its beginning the next time.</source>
        <translation>停止后保留已完整下载的文件；只下载了一部分的文件下次从头开始。</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Download {size}</source>
        <translation>下载 {size}</translation>
    </message>
    <message>
        <source>Nothing is fetched before you have seen the exact size. Models stay in the hub cache, which other programs share.</source>
        <translation>在您看到确切大小之前不会下载任何内容。模型保存在与其他程序共用的 hub 缓存中。</translation>
    </message>
    <message>
        <source>Asking what {name} holds …</source>
        <translation>正在查询 {name} 的内容…</translation>
    </message>
    <message>
        <source>✓ {name} is complete.</source>
        <translation>✓ {name} 已完整。</translation>
    </message>
    <message>
        <source>✓ All of {name} is in the cache already ({size}).</source>
        <translation>✓ {name} 已全部在缓存中（{size}）。</translation>
    </message>
    <message>
        <source>{name}: {n} files. To fetch: {size}; already here: {cached}.</source>
        <translation>{name}：{n} 个文件。需下载 {size}；已有 {cached}。</translation>
    </message>
    <message>
        <source>{free} are free on the disk.</source>
        <translation>磁盘剩余 {free}。</translation>
    </message>
    <message>
        <source>✗ Only {free} are free on the disk: make room first.</source>
        <translation>✗ 磁盘仅剩 {free}：请先腾出空间。</translation>
    </message>
    <message>
        <source>{done} of {size}</source>
        <translation>{done} / {size}</translation>
    </message>
    <message>
        <source>{size}/s</source>
        <translation>{size}/秒</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>还剩 {time}</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>文件</translation>
    </message>
</context>
<context>
    <name>ElementField</name>
    <message>
        <source>Value of this variable</source>
        <translation>此变量的值</translation>
    </message>
    <message>
        <source>Tokens of this element by the chosen model&apos;s tokenizer, template not counted.</source>
        <translation>按所选模型的分词器计算的此要素 token 数，不含模板。</translation>
    </message>
</context>
<context>
    <name>Elements</name>
    <message>
        <source>System prompt</source>
        <translation>系统提示</translation>
    </message>
    <message>
        <source>Instruction</source>
        <translation>指令</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>上下文</translation>
    </message>
    <message>
        <source>Examples</source>
        <translation>示例</translation>
    </message>
    <message>
        <source>Input</source>
        <translation>输入</translation>
    </message>
    <message>
        <source>Output indicator</source>
        <translation>输出引导</translation>
    </message>
    <message>
        <source>Expected answer</source>
        <translation>预期答案</translation>
    </message>
    <message>
        <source>Trigger</source>
        <translation>触发语</translation>
    </message>
    <message>
        <source>Who the model should be. Most prompts need none.</source>
        <translation>模型扮演的角色。多数提示词不需要。</translation>
    </message>
    <message>
        <source>What should the model do?</source>
        <translation>模型应该做什么？</translation>
    </message>
    <message>
        <source>Facts or documents to work with.</source>
        <translation>可供使用的事实或文档。</translation>
    </message>
    <message>
        <source>The question or text itself. Write {{name}} for a variable.</source>
        <translation>问题或文本本身。用 {{name}} 表示变量。</translation>
    </message>
    <message>
        <source>How the answer should begin or look, e.g. “Answer:”.</source>
        <translation>回答应如何开头或呈现，例如“答案：”。</translation>
    </message>
    <message>
        <source>The right answer, if you know it. Never sent.</source>
        <translation>正确答案（如果知道）。不会发送给模型。</translation>
    </message>
    <message>
        <source>Example {n}</source>
        <translation>示例 {n}</translation>
    </message>
</context>
<context>
    <name>EntryPanel</name>
    <message>
        <source>Prompt</source>
        <translation>提示词</translation>
    </message>
    <message>
        <source>Versions</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>Bring back</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Make the left version the newest again; none is lost</source>
        <translation>让左侧的版本重新成为最新版本；不会丢失任何版本</translation>
    </message>
    <message>
        <source>Version before</source>
        <translation>较早的版本</translation>
    </message>
    <message>
        <source>Version after</source>
        <translation>较晚的版本</translation>
    </message>
    <message>
        <source>The prompt&apos;s elements</source>
        <translation>提示词的各要素</translation>
    </message>
    <message>
        <source>What changed</source>
        <translation>改动内容</translation>
    </message>
    <message>
        <source>built in</source>
        <translation>内置</translation>
    </message>
    <message>
        <source>saved {time}</source>
        <translation>保存于 {time}</translation>
    </message>
    <message>
        <source>read by: {rules}</source>
        <translation>读取规则：{rules}</translation>
    </message>
    <message>
        <source>{n} · {time}</source>
        <translation>{n} · {time}</translation>
    </message>
    <message>
        <source>Renamed from “{old}” to “{new}”.</source>
        <translation>名称由“{old}”改为“{new}”。</translation>
    </message>
    <message>
        <source>The texts of both are the same.</source>
        <translation>两个版本的文本相同。</translation>
    </message>
</context>
<context>
    <name>ErrorNote</name>
    <message>
        <source>Details</source>
        <translation>详细信息</translation>
    </message>
    <message>
        <source>Copy error</source>
        <translation>复制错误</translation>
    </message>
    <message>
        <source>Technical details of the error</source>
        <translation>错误的技术细节</translation>
    </message>
</context>
<context>
    <name>EvaluatePage</name>
    <message>
        <source>Evaluate</source>
        <translation>评测</translation>
    </message>
    <message>
        <source>A whole test set under every technique, and how sure the difference is.</source>
        <translation>用每种技巧跑完整个测试集，并给出差异有多可靠。</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Ask every item with every chosen technique</source>
        <translation>用每种选中的技巧提问每一题</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stop answering; what is there stays</source>
        <translation>停止回答；已有的结果保留</translation>
    </message>
    <message>
        <source>Import a data set…</source>
        <translation>导入数据集…</translation>
    </message>
    <message>
        <source>Settings of the evaluation</source>
        <translation>评测设置</translation>
    </message>
    <message>
        <source>Items</source>
        <translation>题目</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Show or hide the settings</source>
        <translation>显示或隐藏设置</translation>
    </message>
    <message>
        <source>{n:,} items</source>
        <translation>{n:,} 题</translation>
    </message>
    <message>
        <source>Preparing…</source>
        <translation>正在准备…</translation>
    </message>
    <message>
        <source>No chosen technique can be asked.</source>
        <translation>选中的技巧都无法提问。</translation>
    </message>
    <message>
        <source>{items:,} items × {variants} techniques = {answers:,} answers</source>
        <translation>{items:,} 题 × {variants} 种技巧 = {answers:,} 个回答</translation>
    </message>
    <message>
        <source>about {time}</source>
        <translation>约 {time}</translation>
    </message>
    <message>
        <source>the answers shown were asked with other settings</source>
        <translation>显示的回答是用其他设置得到的</translation>
    </message>
    <message>
        <source>left out without examples or steps: {names}</source>
        <translation>因没有示例或步骤而略去：{names}</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>还需 {time}</translation>
    </message>
</context>
<context>
    <name>ExamplesModel</name>
    <message>
        <source>Input</source>
        <translation>输入</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步骤</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>输出</translation>
    </message>
</context>
<context>
    <name>ExamplesSection</name>
    <message>
        <source>Add example</source>
        <translation>添加示例</translation>
    </message>
    <message>
        <source>Delete example</source>
        <translation>删除示例</translation>
    </message>
    <message>
        <source>Move example</source>
        <translation>移动示例</translation>
    </message>
    <message>
        <source>Import examples</source>
        <translation>导入示例</translation>
    </message>
    <message>
        <source>Tables and lines (*.csv *.tsv *.jsonl *.json)</source>
        <translation>表格与行 (*.csv *.tsv *.jsonl *.json)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>Paste examples</source>
        <translation>粘贴示例</translation>
    </message>
    <message>
        <source>{taken:,} of {rows:,} rows taken as examples; a test set comes with data sets.</source>
        <translation>共 {rows:,} 行，已取 {taken:,} 行作为示例；测试集属于数据集功能。</translation>
    </message>
    <message>
        <source>Edit example</source>
        <translation>编辑示例</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>添加</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Import…</source>
        <translation>导入…</translation>
    </message>
    <message>
        <source>Paste</source>
        <translation>粘贴</translation>
    </message>
    <message>
        <source>Move the example up</source>
        <translation>上移示例</translation>
    </message>
    <message>
        <source>Move the example down</source>
        <translation>下移示例</translation>
    </message>
    <message>
        <source>From a CSV or JSONL file with the columns input, output and, if any, steps</source>
        <translation>来自 CSV 或 JSONL 文件，列为 input、output 以及可选的 steps</translation>
    </message>
    <message>
        <source>From the clipboard: one example per line, columns separated by tabs or commas</source>
        <translation>来自剪贴板：每行一个示例，列之间用制表符或逗号分隔</translation>
    </message>
    <message>
        <source>No examples yet. Few-shot techniques show them before the question.</source>
        <translation>还没有示例。少样本技巧会在问题之前展示示例。</translation>
    </message>
    <message>
        <source>Examples: input, steps, output</source>
        <translation>示例：输入、步骤、输出</translation>
    </message>
    <message>
        <source>Tokens of all examples as few-shot sends them, without their steps.</source>
        <translation>所有示例按少样本方式发送（不含步骤）时的 token 数。</translation>
    </message>
    <message>
        <source>With their steps, as few-shot CoT sends them: {n}.</source>
        <translation>含步骤（按少样本思维链方式发送）：{n}。</translation>
    </message>
</context>
<context>
    <name>Finish</name>
    <message>
        <source>ended by itself</source>
        <translation>自行结束</translation>
    </message>
    <message>
        <source>ended at a stop text</source>
        <translation>遇到停止文本</translation>
    </message>
    <message>
        <source>cut at the token limit</source>
        <translation>达到 token 上限而截断</translation>
    </message>
    <message>
        <source>cut at the end of the context</source>
        <translation>达到上下文末尾而截断</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>已停止</translation>
    </message>
</context>
<context>
    <name>FolderField</name>
    <message>
        <source>own states</source>
        <translation>自身状态</translation>
    </message>
    <message>
        <source>Means of the loaded model&apos;s last states</source>
        <translation>所加载模型最后一层状态的平均值</translation>
    </message>
    <message>
        <source>Folder…</source>
        <translation>文件夹…</translation>
    </message>
    <message>
        <source>A folder of a sentence-transformers model</source>
        <translation>sentence-transformers 模型的文件夹</translation>
    </message>
    <message>
        <source>Folder of an encoder</source>
        <translation>编码器的文件夹</translation>
    </message>
</context>
<context>
    <name>FolderList</name>
    <message>
        <source>Add …</source>
        <translation>添加…</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Choose a folder with models</source>
        <translation>选择存放模型的文件夹</translation>
    </message>
</context>
<context>
    <name>FrequenciesView</name>
    <message>
        <source>Read frequencies</source>
        <translation>读取频率</translation>
    </message>
    <message>
        <source>See which waves of the model turned in training, and what each method does.</source>
        <translation>看看模型的哪些波在训练中转满了圈，以及每种方法做了什么。</translation>
    </message>
    <message>
        <source>Wavelength of each pair</source>
        <translation>各维度对的波长</translation>
    </message>
    <message>
        <source>Every method</source>
        <translation>所有方法</translation>
    </message>
    <message>
        <source>as trained</source>
        <translation>训练时</translation>
    </message>
    <message>
        <source>trained length</source>
        <translation>训练长度</translation>
    </message>
    <message>
        <source>from here never a whole turn</source>
        <translation>由此起从未转满一圈</translation>
    </message>
    <message>
        <source>pair of dimensions</source>
        <translation>维度对</translation>
    </message>
    <message>
        <source>wavelength</source>
        <translation>波长</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>token</translation>
    </message>
    <message>
        <source>Read back from the live module. Frequencies untouched by: {names}</source>
        <translation>从运行中的模块读回。不改频率的方法：{names}</translation>
    </message>
    <message>
        <source>Read back from the module.</source>
        <translation>从运行中的模块读回。</translation>
    </message>
    <message>
        <source>This model has no rotation: there are no frequencies to change.</source>
        <translation>这个模型没有旋转位置：没有频率可改。</translation>
    </message>
    <message>
        <source>{slow} of {all} pairs never made a whole turn within the {trained} tokens of training: beyond, they show angles that the model has not seen.</source>
        <translation>{all} 对维度中有 {slow} 对在训练的 {trained} 个 token 内从未转满一圈：超出之后，它们会出现模型没见过的角度。</translation>
    </message>
    <message>
        <source>Method</source>
        <translation>方法</translation>
    </message>
    <message>
        <source>Factor</source>
        <translation>倍数</translation>
    </message>
    <message>
        <source>target length over trained length</source>
        <translation>目标长度与训练长度之比</translation>
    </message>
    <message>
        <source>Slowest wave</source>
        <translation>最慢的波</translation>
    </message>
    <message>
        <source>tokens per turn of the last pair</source>
        <translation>最后一对每转一圈的 token 数</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>factor on cos and sin</source>
        <translation>cos 和 sin 的系数</translation>
    </message>
    <message>
        <source>Cache</source>
        <translation>缓存</translation>
    </message>
    <message>
        <source>largest change of a logit when a text is read in two parts</source>
        <translation>文本分两段读入时 logit 的最大变化</translation>
    </message>
    <message>
        <source>Swap</source>
        <translation>切换</translation>
    </message>
    <message>
        <source>putting it in force and back, median of five</source>
        <translation>启用再还原，五次的中位数</translation>
    </message>
    <message>
        <source>Rule of attention</source>
        <translation>注意力规则</translation>
    </message>
    <message>
        <source>not applicable</source>
        <translation>不适用</translation>
    </message>
    <message>
        <source> · goes stale</source>
        <translation> · 会过时</translation>
    </message>
</context>
<context>
    <name>ImportDialog</name>
    <message>
        <source>Import “{file}”</source>
        <translation>导入“{file}”</translation>
    </message>
    <message>
        <source>Reading the file…</source>
        <translation>正在读取文件…</translation>
    </message>
    <message>
        <source>none: nothing is scored</source>
        <translation>无：不评分</translation>
    </message>
    <message>
        <source>none: numbered from 1</source>
        <translation>无：从 1 编号</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>{n:,} items</source>
        <translation>{n:,} 题</translation>
    </message>
    <message>
        <source>licence: {name}</source>
        <translation>许可：{name}</translation>
    </message>
    <message>
        <source>{what} ({n}×, first in record {line})</source>
        <translation>{what}（{n} 次，首见于第 {line} 条）</translation>
    </message>
    <message>
        <source>Not supported and never executed: {list}</source>
        <translation>不支持且绝不执行：{list}</translation>
    </message>
    <message>
        <source>The first items as they would be asked</source>
        <translation>前几题将如何提问</translation>
    </message>
    <message>
        <source>The question is in</source>
        <translation>问题所在列</translation>
    </message>
    <message>
        <source>The expected answer is in</source>
        <translation>标准答案所在列</translation>
    </message>
    <message>
        <source>The id is in</source>
        <translation>编号所在列</translation>
    </message>
    <message>
        <source>Steps for examples are in</source>
        <translation>示例步骤所在列</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>导入</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>ItemDetails</name>
    <message>
        <source>Item {id}</source>
        <translation>第 {id} 题</translation>
    </message>
    <message>
        <source>{item} · expected {answer}</source>
        <translation>{item} · 标准答案 {answer}</translation>
    </message>
</context>
<context>
    <name>ItemsPanel</name>
    <message>
        <source>Search the items</source>
        <translation>搜索题目</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Every item</source>
        <translation>所有题目</translation>
    </message>
    <message>
        <source>Wrong</source>
        <translation>答错</translation>
    </message>
    <message>
        <source>At least one technique is wrong</source>
        <translation>至少有一种技巧答错</translation>
    </message>
    <message>
        <source>Exactly one right</source>
        <translation>仅一种答对</translation>
    </message>
    <message>
        <source>Items that tell the techniques apart</source>
        <translation>能区分各技巧的题目</translation>
    </message>
    <message>
        <source>No answer</source>
        <translation>无答案</translation>
    </message>
    <message>
        <source>The rule found no answer, or the item could not be asked</source>
        <translation>规则没有找到答案，或无法提问</translation>
    </message>
    <message>
        <source>Copy or save the items shown</source>
        <translation>复制或保存显示的题目</translation>
    </message>
    <message>
        <source>Items and their answers</source>
        <translation>题目及其回答</translation>
    </message>
    <message>
        <source>1 item</source>
        <translation>1 题</translation>
    </message>
    <message>
        <source>{n:,} items</source>
        <translation>{n:,} 题</translation>
    </message>
    <message>
        <source>{n:,} of {whole:,} items</source>
        <translation>{whole:,} 题中的 {n:,} 题</translation>
    </message>
    <message>
        <source>Copy the rows shown</source>
        <translation>复制显示的行</translation>
    </message>
    <message>
        <source>Save the items shown as a set…</source>
        <translation>将显示的题目另存为数据集…</translation>
    </message>
</context>
<context>
    <name>ItemsTable</name>
    <message>
        <source>Id</source>
        <translation>编号</translation>
    </message>
    <message>
        <source>Input</source>
        <translation>输入</translation>
    </message>
    <message>
        <source>Expected</source>
        <translation>标准答案</translation>
    </message>
</context>
<context>
    <name>JobLine</name>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Preparing…</source>
        <translation>正在准备…</translation>
    </message>
    <message>
        <source>Stopping after this step…</source>
        <translation>这一步结束后停止…</translation>
    </message>
</context>
<context>
    <name>JobsPanel</name>
    <message>
        <source>Jobs</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Nothing has run yet. What you start appears here.</source>
        <translation>尚未运行任何任务。您启动的任务会显示在这里。</translation>
    </message>
    <message>
        <source>Clear finished</source>
        <translation>清除已完成</translation>
    </message>
    <message>
        <source>Copy details</source>
        <translation>复制详细信息</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stop “{job}”</source>
        <translation>停止“{job}”</translation>
    </message>
</context>
<context>
    <name>JobsTable</name>
    <message>
        <source>Job</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>stopping</source>
        <translation>正在停止</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>running</source>
        <translation>运行中</translation>
    </message>
    <message>
        <source>finished</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>还剩 {time}</translation>
    </message>
</context>
<context>
    <name>KnowledgeNote</name>
    <message>
        <source>Knowledge</source>
        <translation>知识</translation>
    </message>
    <message>
        <source>Stating what it knows…</source>
        <translation>正在陈述所知…</translation>
    </message>
    <message>
        <source>Stated first</source>
        <translation>先陈述的知识</translation>
    </message>
    <message>
        <source>and {n} more</source>
        <translation>另有 {n} 条</translation>
    </message>
    <message>
        <source>Without knowledge</source>
        <translation>不用知识</translation>
    </message>
</context>
<context>
    <name>LabelStrip</name>
    <message>
        <source>Labels</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>calibrated, below it raw: what the model says without the question is taken out</source>
        <translation>上为校准后，下为原始：校准除去了模型在没有问题时的偏好</translation>
    </message>
    <message>
        <source>share of the labels&apos; likelihood, not calibrated</source>
        <translation>各标签似然的占比，未校准</translation>
    </message>
    <message>
        <source>{p:.0f} % (raw {raw:.0f} %)</source>
        <translation>{p:.0f} %（原始 {raw:.0f} %）</translation>
    </message>
    <message>
        <source>{p:.0f} %</source>
        <translation>{p:.0f} %</translation>
    </message>
    <message>
        <source>log p {total:.2f} over {n} tokens, {mean:.2f} per token</source>
        <translation>log p {total:.2f}，共 {n} 个 token，每个 {mean:.2f}</translation>
    </message>
    <message>
        <source>without the question: {p:.0f} %</source>
        <translation>没有问题时：{p:.0f} %</translation>
    </message>
</context>
<context>
    <name>LayerRows</name>
    <message>
        <source>Layer</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Zero</source>
        <translation>置零</translation>
    </message>
    <message>
        <source>Drag or type: the other layers make up for it</source>
        <translation>拖动或输入：其余各层随之补偿</translation>
    </message>
    <message>
        <source>Predicted</source>
        <translation>预测</translation>
    </message>
    <message>
        <source>Predicted relative error of the layer&apos;s matrices, from one sort of the scores: Σ pruned (W·‖X‖)² / Σ (W·‖X‖)²</source>
        <translation>该层各矩阵的预测相对误差，由一次得分排序得出：Σ 剪去 (W·‖X‖)² / Σ (W·‖X‖)²</translation>
    </message>
    <message>
        <source>Measured</source>
        <translation>实测</translation>
    </message>
    <message>
        <source>How much the loss rises when this layer alone is cut, nats per token</source>
        <translation>只剪这一层时损失上升多少（奈特/token）</translation>
    </message>
    <message>
        <source>Heads</source>
        <translation>注意力头</translation>
    </message>
    <message>
        <source>Worth of each head; cut ones are hatched</source>
        <translation>每个头的重要性；剪去的画斜线</translation>
    </message>
    <message>
        <source>Neurons</source>
        <translation>神经元</translation>
    </message>
    <message>
        <source>Worth of the MLP neurons, sorted; cut ones are hatched</source>
        <translation>MLP 神经元的重要性，已排序；剪去的画斜线</translation>
    </message>
    <message>
        <source>nats per token, {n} windows, this layer alone cut</source>
        <translation>奈特/token，{n} 个窗口，只剪这一层</translation>
    </message>
    <message>
        <source>Let the rule decide about this layer again</source>
        <translation>让分配规则重新决定这一层</translation>
    </message>
    <message>
        <source>Let the rule decide about layer {n}</source>
        <translation>让分配规则决定第 {n} 层</translation>
    </message>
    <message>
        <source>Share of zeros in layer {n}</source>
        <translation>第 {n} 层中零的比例</translation>
    </message>
    <message>
        <source>Cut and measure, under Parts, finds out what heads are worth</source>
        <translation>在“部件”中点“剪去并测量”，即可得出各头的重要性</translation>
    </message>
    <message>
        <source>Set layer {n}</source>
        <translation>设定第 {n} 层</translation>
    </message>
    <message>
        <source>Free layer {n}</source>
        <translation>放开第 {n} 层</translation>
    </message>
</context>
<context>
    <name>LayersTable</name>
    <message>
        <source>Layer</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Attention</source>
        <translation>注意力</translation>
    </message>
    <message>
        <source>MLP</source>
        <translation>MLP</translation>
    </message>
    <message>
        <source>Norm</source>
        <translation>归一化</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>窗口</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数量</translation>
    </message>
</context>
<context>
    <name>LensGrid</name>
    <message>
        <source>final “{token}”: rank {rank}, {p}</source>
        <translation>最终“{token}”：第 {rank} 名，{p}</translation>
    </message>
    <message>
        <source>input</source>
        <translation>输入</translation>
    </message>
</context>
<context>
    <name>LensView</name>
    <message>
        <source>Logit lens</source>
        <translation>Logit 透镜</translation>
    </message>
    <message>
        <source>What the model would say if it stopped after each layer. Bold: its final choice; underlined: where that choice settles.</source>
        <translation>如果模型在每一层之后停下，它会说什么。粗体：最终的选择；下划线：从这里起选择不再变。</translation>
    </message>
    <message>
        <source>Likeliest token after each layer</source>
        <translation>每一层之后最可能的 token</translation>
    </message>
    <message>
        <source>{depth}, at “{token}”: {names} · entropy {h} nats · KL {kl} nats</source>
        <translation>{depth}，“{token}”处：{names} · 熵 {h} 奈特 · KL {kl} 奈特</translation>
    </message>
    <message>
        <source>{depth}, after “{token}”: {names} · entropy {h} nats · KL {kl} nats</source>
        <translation>{depth}，“{token}”之后：{names} · 熵 {h} 奈特 · KL {kl} 奈特</translation>
    </message>
</context>
<context>
    <name>LibraryPage</name>
    <message>
        <source>Library</source>
        <translation>提示词库</translation>
    </message>
    <message>
        <source>Prompts to start from, and your own with every version.</source>
        <translation>可直接取用的提示词，以及您自己的提示词和它们的每个版本。</translation>
    </message>
    <message>
        <source>Use in Compare</source>
        <translation>在“对比”中使用</translation>
    </message>
    <message>
        <source>Put the prompt into Compare</source>
        <translation>把提示词放入“对比”页</translation>
    </message>
    <message>
        <source>Duplicate</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>A copy of your own that you can change</source>
        <translation>生成一份可以修改的副本</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>重命名…</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Delete the prompt; it can be brought back</source>
        <translation>删除提示词；之后可以恢复</translation>
    </message>
    <message>
        <source>Import…</source>
        <translation>导入…</translation>
    </message>
    <message>
        <source>A prompt file of Lathe, a .prompty file, or a text</source>
        <translation>Lathe 提示词文件、.prompty 文件或纯文本</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>Keep Compare&apos;s prompt</source>
        <translation>保存“对比”页的提示词</translation>
    </message>
    <message>
        <source>Save the prompt of Compare here</source>
        <translation>将“对比”页的提示词保存到这里</translation>
    </message>
    <message>
        <source>{name} (copy)</source>
        <translation>{name}（副本）</translation>
    </message>
    <message>
        <source>Rename the prompt</source>
        <translation>重命名提示词</translation>
    </message>
    <message>
        <source>Import a prompt</source>
        <translation>导入提示词</translation>
    </message>
    <message>
        <source>Prompts (*.prompt.md *.prompty *.md *.txt)</source>
        <translation>提示词 (*.prompt.md *.prompty *.md *.txt)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>Export the prompt</source>
        <translation>导出提示词</translation>
    </message>
    <message>
        <source>Lathe&apos;s prompt file (*{suffix})</source>
        <translation>Lathe 提示词文件 (*{suffix})</translation>
    </message>
    <message>
        <source>As a new prompt…</source>
        <translation>作为新提示词…</translation>
    </message>
    <message>
        <source>As a new version of “{name}”</source>
        <translation>作为“{name}”的新版本</translation>
    </message>
    <message>
        <source>The prompt was written.</source>
        <translation>提示词已写入文件。</translation>
    </message>
    <message>
        <source>“{name}” was deleted.</source>
        <translation>“{name}”已删除。</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>version {n} again</source>
        <translation>恢复版本 {n}</translation>
    </message>
</context>
<context>
    <name>LibraryTable</name>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Versions</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>built in</source>
        <translation>内置</translation>
    </message>
</context>
<context>
    <name>LinesView</name>
    <message>
        <source>Lines from queries to keys</source>
        <translation>从查询到键的连线</translation>
    </message>
    <message>
        <source>Layer {n}</source>
        <translation>第 {n} 层</translation>
    </message>
    <message>
        <source>Lines are drawn for up to {most} tokens; this text has {n}. See the map.</source>
        <translation>连线最多画 {most} 个 token；这段文本有 {n} 个。请看热图。</translation>
    </message>
    <message>
        <source>Left: who looks. Right: at what. Point at a token for its lines alone.</source>
        <translation>左边：谁在看；右边：看什么。指向一个 token，只看它的连线。</translation>
    </message>
</context>
<context>
    <name>LoadForm</name>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Number format</source>
        <translation>数值格式</translation>
    </message>
    <message>
        <source>Quantisation</source>
        <translation>量化</translation>
    </message>
    <message>
        <source>Attention</source>
        <translation>注意力</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>上下文</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>8-bit (int8)</source>
        <translation>8 位 (int8)</translation>
    </message>
    <message>
        <source>4-bit (NF4)</source>
        <translation>4 位 (NF4)</translation>
    </message>
    <message>
        <source>4-bit (FP4)</source>
        <translation>4 位 (FP4)</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>token</translation>
    </message>
    <message>
        <source>On a CPU it saves memory, but answers come 2 to 8 times slower than in float32.</source>
        <translation>在 CPU 上可节省内存，但回答速度比 float32 慢 2 到 8 倍。</translation>
    </message>
    <message>
        <source>Saves memory; answers change slightly.</source>
        <translation>节省内存；回答会略有变化。</translation>
    </message>
    <message>
        <source>The model was trained with {n} tokens.</source>
        <translation>模型以 {n} 个 token 的长度训练。</translation>
    </message>
</context>
<context>
    <name>LoadedPanel</name>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>是</translation>
    </message>
    <message>
        <source>no</source>
        <translation>否</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Number format</source>
        <translation>数值格式</translation>
    </message>
    <message>
        <source>Attention</source>
        <translation>注意力</translation>
    </message>
    <message>
        <source>Quantisation</source>
        <translation>量化</translation>
    </message>
    <message>
        <source>Chat template</source>
        <translation>对话模板</translation>
    </message>
    <message>
        <source>Special tokens</source>
        <translation>特殊 token</translation>
    </message>
</context>
<context>
    <name>LogPanel</name>
    <message>
        <source>Everything</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Warnings and errors</source>
        <translation>警告与错误</translation>
    </message>
    <message>
        <source>Errors</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>Which lines to show</source>
        <translation>显示哪些行</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>打开文件夹</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Jobs</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>日志</translation>
    </message>
</context>
<context>
    <name>MapView</name>
    <message>
        <source>log</source>
        <translation>对数</translation>
    </message>
    <message>
        <source>Logarithmic colours: small weights become visible</source>
        <translation>对数色标：能看见很小的权重</translation>
    </message>
    <message>
        <source>Logarithmic colours</source>
        <translation>对数色标</translation>
    </message>
    <message>
        <source>Map of queries and keys</source>
        <translation>查询与键的热图</translation>
    </message>
    <message>
        <source>weight</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>score</source>
        <translation>分数</translation>
    </message>
    <message>
        <source>sum of {n} queries</source>
        <translation>{n} 个查询之和</translation>
    </message>
    <message>
        <source>sum of {n} keys</source>
        <translation>{n} 个键之和</translation>
    </message>
    <message>
        <source>query {i}</source>
        <translation>查询 {i}</translation>
    </message>
    <message>
        <source>key {j}</source>
        <translation>键 {j}</translation>
    </message>
    <message>
        <source>The first {n} queries in sight are saved; zoom in for others.</source>
        <translation>只保存可见的前 {n} 个查询；放大可保存其他的。</translation>
    </message>
</context>
<context>
    <name>MaskView</name>
    <message>
        <source>{n} of {total} pairs of tokens</source>
        <translation>{total} 对 token 中的 {n} 对</translation>
    </message>
    <message>
        <source>Output {i} does not depend on token {j}.</source>
        <translation>输出 {i} 不依赖 token {j}。</translation>
    </message>
    <message>
        <source>Token {j} moves output {i}: {share:.0%} of the largest change.</source>
        <translation>token {j} 使输出 {i} 变化：为最大变化的 {share:.0%}。</translation>
    </message>
</context>
<context>
    <name>MeasureView</name>
    <message>
        <source>Measure</source>
        <translation>测量</translation>
    </message>
    <message>
        <source>Keys are hidden in texts of every length: see which method still finds them.</source>
        <translation>在各种长度的文本里藏入密码：看哪种方法还能找到。</translation>
    </message>
    <message>
        <source>Keys found, by length and depth</source>
        <translation>按长度和深度找到的密码</translation>
    </message>
    <message>
        <source>Every figure</source>
        <translation>全部数字</translation>
    </message>
    <message>
        <source>Bars: keys found. Whiskers: Wilson&apos;s 95 % interval.</source>
        <translation>条：找到的密码。须线：Wilson 95 % 区间。</translation>
    </message>
    <message>
        <source>start</source>
        <translation>开头</translation>
    </message>
    <message>
        <source>end</source>
        <translation>结尾</translation>
    </message>
    <message>
        <source>Measured before and kept: {n} of {all} cells. Measure does the rest.</source>
        <translation>此前已测并保留：{all} 格中的 {n} 格。点“测量”补上其余。</translation>
    </message>
    <message>
        <source>Stopped: what was measured stays. Missing cells: {n}.</source>
        <translation>已停止：测过的都保留。还缺 {n} 格。</translation>
    </message>
    <message>
        <source>No method finds 80 % of the keys beyond the trained length.</source>
        <translation>超出训练长度后，没有方法能找到 80 % 的密码。</translation>
    </message>
    <message>
        <source>{method} holds at {length}: {share} of {n} keys found</source>
        <translation>{method} 在 {length} 时仍然管用：{n} 个密码找到 {share}</translation>
    </message>
    <message>
        <source>direct {share} of {n}</source>
        <translation>直接外推 {share}（n = {n}）</translation>
    </message>
    <message>
        <source>{model}, trained on {trained} tokens; at most {most} keys a cell, {needles} in one text, seed {seed}; a cell ends at an interval of {width}</source>
        <translation>{model}，训练长度 {trained} 个 token；每格最多 {most} 个密码，每篇文本 {needles} 个，种子 {seed}；区间窄到 {width} 时该格结束</translation>
    </message>
    <message>
        <source>A key counts when each of its digits is the likeliest token.</source>
        <translation>密码的每一位都是最可能的 token 时，才算找到。</translation>
    </message>
    <message>
        <source>measured in {time}</source>
        <translation>测量用时 {time}</translation>
    </message>
    <message>
        <source>{n} of {all} keys found; 95 % interval {low} … {high}</source>
        <translation>{all} 个密码找到 {n} 个；95 % 区间 {low} … {high}</translation>
    </message>
    <message>
        <source>no keys asked for</source>
        <translation>没有问密码</translation>
    </message>
    <message>
        <source>perplexity {value} over {n} tokens</source>
        <translation>困惑度 {value}，{n} 个 token</translation>
    </message>
    <message>
        <source>{tokens} tokens, factor {factor}</source>
        <translation>{tokens} 个 token，倍数 {factor}</translation>
    </message>
    <message>
        <source>{cache} MB of keys and values, {peak} MB at the peak</source>
        <translation>键和值 {cache} MB，峰值 {peak} MB</translation>
    </message>
    <message>
        <source>measured before, and kept</source>
        <translation>此前已测并保留</translation>
    </message>
    <message>
        <source>the very same frequencies as {method} here: its figures</source>
        <translation>此处频率与 {method} 完全相同：沿用其数字</translation>
    </message>
    <message>
        <source>ended early: the interval was narrow enough</source>
        <translation>提前结束：区间已足够窄</translation>
    </message>
    <message>
        <source>not measured yet</source>
        <translation>尚未测量</translation>
    </message>
    <message>
        <source>depth {depth}: {right} of {n}</source>
        <translation>深度 {depth}：{n} 个中找到 {right} 个</translation>
    </message>
    <message>
        <source>Method</source>
        <translation>方法</translation>
    </message>
    <message>
        <source>share of the keys found</source>
        <translation>找到的密码所占比例</translation>
    </message>
    <message>
        <source>{method} (not applicable)</source>
        <translation>{method}（不适用）</translation>
    </message>
</context>
<context>
    <name>MemoryBar</name>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>RAM {used} / {total} GB</source>
        <translation>内存 {used} / {total} GB</translation>
    </message>
    <message>
        <source>VRAM {used} / {total} GB</source>
        <translation>显存 {used} / {total} GB</translation>
    </message>
    <message>
        <source>Lathe uses {own} GB of memory; all programs together {used} of {total} GB.</source>
        <translation>Lathe 占用 {own} GB 内存；所有程序共占用 {used} / {total} GB。</translation>
    </message>
    <message>
        <source>Graphics card: {name}.</source>
        <translation>显卡：{name}。</translation>
    </message>
</context>
<context>
    <name>MemoryPanel</name>
    <message>
        <source>It would fit with {ways}.</source>
        <translation>以下方式可以放下：{ways}。</translation>
    </message>
    <message>
        <source>Memory forecast</source>
        <translation>内存预估</translation>
    </message>
    <message>
        <source>Reading the model&apos;s shape …</source>
        <translation>正在读取模型结构…</translation>
    </message>
    <message>
        <source>Needs {total} of {free} free on {device}.</source>
        <translation>需要 {total}，{device} 可用 {free}。</translation>
    </message>
    <message>
        <source>✗ Does not fit: needs {total}, but {free} are free on {device}.</source>
        <translation>✗ 放不下：需要 {total}，但 {device} 只有 {free} 可用。</translation>
    </message>
    <message>
        <source>weights {size}</source>
        <translation>权重 {size}</translation>
    </message>
    <message>
        <source>KV cache {size} for {tokens} tokens</source>
        <translation>KV 缓存 {size}（{tokens} 个 token）</translation>
    </message>
    <message>
        <source>working memory {size}</source>
        <translation>工作内存 {size}</translation>
    </message>
    <message>
        <source>▲ Measured after loading: {size} (forecast {forecast}), in {time}.</source>
        <translation>▲ 加载后实测：{size}（预估 {forecast}），用时 {time}。</translation>
    </message>
    <message>
        <source>{size} more is kept beside it for the next question.</source>
        <translation>另有 {size} 留在旁边，供下一个问题使用。</translation>
    </message>
</context>
<context>
    <name>Menu</name>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>编辑</translation>
    </message>
    <message>
        <source>View</source>
        <translation>视图</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Page</source>
        <translation>页面</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>帮助</translation>
    </message>
</context>
<context>
    <name>ModelBar</name>
    <message>
        <source>Choose a model: {id}</source>
        <translation>选择模型：{id}</translation>
    </message>
    <message>
        <source>Model {id}</source>
        <translation>模型 {id}</translation>
    </message>
    <message>
        <source>ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <source>could not be loaded</source>
        <translation>无法加载</translation>
    </message>
    <message>
        <source>loading</source>
        <translation>加载中</translation>
    </message>
    <message>
        <source>not loaded</source>
        <translation>未加载</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Load</source>
        <translation>加载</translation>
    </message>
    <message>
        <source>Stop loading</source>
        <translation>停止加载</translation>
    </message>
    <message>
        <source>Load the model now; running a page loads it by itself</source>
        <translation>立即加载模型；在页面上运行时也会自动加载</translation>
    </message>
    <message>
        <source>Number format: {reason}</source>
        <translation>数值格式：{reason}</translation>
    </message>
    <message>
        <source>Attention: {name}. {reason}</source>
        <translation>注意力：{name}。{reason}</translation>
    </message>
    <message>
        <source>Memory: {measured} measured, {forecast} forecast.</source>
        <translation>内存：实测 {measured}，预估 {forecast}。</translation>
    </message>
    <message>
        <source>Looking for models …</source>
        <translation>正在查找模型…</translation>
    </message>
    <message>
        <source>Every model …</source>
        <translation>所有模型…</translation>
    </message>
</context>
<context>
    <name>ModelList</name>
    <message>
        <source>Search models</source>
        <translation>搜索模型</translation>
    </message>
    <message>
        <source>Models on this computer</source>
        <translation>本机上的模型</translation>
    </message>
    <message>
        <source>No model matches the search.</source>
        <translation>没有匹配的模型。</translation>
    </message>
</context>
<context>
    <name>ModelsButton</name>
    <message>
        <source>{model} + {n} more</source>
        <translation>{model} 另加 {n} 个</translation>
    </message>
    <message>
        <source>Models to ask: {names}</source>
        <translation>要提问的模型：{names}</translation>
    </message>
    <message>
        <source>As it is</source>
        <translation>原样</translation>
    </message>
    <message>
        <source>In 8-bit</source>
        <translation>8 位</translation>
    </message>
    <message>
        <source>In 4-bit</source>
        <translation>4 位</translation>
    </message>
</context>
<context>
    <name>ModelsFormat</name>
    <message>
        <source>today</source>
        <translation>今天</translation>
    </message>
    <message>
        <source>yesterday</source>
        <translation>昨天</translation>
    </message>
    <message>
        <source>{n} days ago</source>
        <translation>{n} 天前</translation>
    </message>
</context>
<context>
    <name>ModelsPage</name>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Every model on this computer: what it is made of, what it needs, what is in memory.</source>
        <translation>本机上的所有模型：由什么构成、需要多少内存、哪些已在内存中。</translation>
    </message>
    <message>
        <source>Stop loading</source>
        <translation>停止加载</translation>
    </message>
    <message>
        <source>Unload</source>
        <translation>卸载</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>移除…</translation>
    </message>
    <message>
        <source>Add folder…</source>
        <translation>添加文件夹…</translation>
    </message>
    <message>
        <source>Download…</source>
        <translation>下载…</translation>
    </message>
    <message>
        <source>Search models</source>
        <translation>搜索模型</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>重新查找</translation>
    </message>
    <message>
        <source>The folder is on the list already.</source>
        <translation>该文件夹已在列表中。</translation>
    </message>
    <message>
        <source>Load</source>
        <translation>加载</translation>
    </message>
    <message>
        <source>Choose a folder with models</source>
        <translation>选择存放模型的文件夹</translation>
    </message>
    <message>
        <source>{name} was downloaded.</source>
        <translation>{name} 已下载。</translation>
    </message>
    <message>
        <source>{size} were freed.</source>
        <translation>已释放 {size}。</translation>
    </message>
</context>
<context>
    <name>ModelsQuestions</name>
    <message>
        <source>Open pickle weights?</source>
        <translation>打开 pickle 权重？</translation>
    </message>
    <message>
        <source>This model has no safetensors file. Its weights are pickle files, and opening a pickle file can run any program hidden in it. Lathe reads the tensors only, but allow it only for a source that you trust. The consent is for this model, until Lathe is closed.</source>
        <translation>此模型没有 safetensors 文件，其权重是 pickle 文件；打开 pickle 文件可能运行其中隐藏的任意程序。Lathe 只读取张量，但请仅在信任来源时允许。此许可只针对该模型，关闭 Lathe 后失效。</translation>
    </message>
    <message>
        <source>Allow for this model</source>
        <translation>允许此模型</translation>
    </message>
    <message>
        <source>I trust where this model comes from</source>
        <translation>我信任此模型的来源</translation>
    </message>
    <message>
        <source>Run the model&apos;s own code?</source>
        <translation>运行模型自带的代码？</translation>
    </message>
    <message>
        <source>This model cannot be read without program code that comes with it. That code runs with all your rights: it can read your files and use the network. Read it first; it lies in the folder below. The consent is for this model, until Lathe is closed.</source>
        <translation>没有随附的程序代码就无法读取此模型。该代码以您的全部权限运行：可以读取您的文件并使用网络。请先阅读它，它位于下面的文件夹中。此许可只针对该模型，关闭 Lathe 后失效。</translation>
    </message>
    <message>
        <source>I have read the code and trust it</source>
        <translation>我已阅读代码并信任它</translation>
    </message>
    <message>
        <source>Delete this model from the hub cache?</source>
        <translation>从 hub 缓存中删除此模型？</translation>
    </message>
    <message>
        <source>This frees {size}. Other programs that share the cache lose the model too; it can be downloaded again.</source>
        <translation>将释放 {size}。共用缓存的其他程序也会失去此模型；可以重新下载。</translation>
    </message>
    <message>
        <source>Delete {size}</source>
        <translation>删除 {size}</translation>
    </message>
    <message>
        <source>Take this folder off the list?</source>
        <translation>从列表中移除此文件夹？</translation>
    </message>
    <message>
        <source>Its models are no longer listed. No file is deleted; add the folder again at any time.</source>
        <translation>其中的模型将不再列出。不会删除任何文件；可随时重新添加。</translation>
    </message>
    <message>
        <source>Take off the list</source>
        <translation>移出列表</translation>
    </message>
</context>
<context>
    <name>ModelsTable</name>
    <message>
        <source>ships with Lathe</source>
        <translation>随 Lathe 附带</translation>
    </message>
    <message>
        <source>folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>GGUF file</source>
        <translation>GGUF 文件</translation>
    </message>
    <message>
        <source>hub cache</source>
        <translation>hub 缓存</translation>
    </message>
    <message>
        <source>has a problem</source>
        <translation>有问题</translation>
    </message>
    <message>
        <source>on disk</source>
        <translation>在磁盘上</translation>
    </message>
    <message>
        <source>loading …</source>
        <translation>加载中…</translation>
    </message>
    <message>
        <source>loaded</source>
        <translation>已加载</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>加载失败</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数量</translation>
    </message>
    <message>
        <source>Architecture</source>
        <translation>架构</translation>
    </message>
    <message>
        <source>Last used</source>
        <translation>最近使用</translation>
    </message>
    <message>
        <source>revision {name}</source>
        <translation>版本 {name}</translation>
    </message>
</context>
<context>
    <name>ModelsView</name>
    <message>
        <source>Bold: the five models of the textbook. * As released, ChatGLM-6B computes a plain GELU. Every row runs as a small model with random weights.</source>
        <translation>粗体：教材中的五个模型。* 按发布的代码，ChatGLM-6B 计算的是普通 GELU。每一行都以随机权重的小模型运行。</translation>
    </message>
    <message>
        <source>Looking at the current model…</source>
        <translation>正在查看当前模型…</translation>
    </message>
    <message>
        <source>The current model has no place among these.</source>
        <translation>当前模型不在这些之列。</translation>
    </message>
    <message>
        <source>{model} is built like {row}, in every column of the table.</source>
        <translation>{model} 的构造与 {row} 相同，表中每一列都一致。</translation>
    </message>
    <message>
        <source>{model} is nearest to {row}; it differs in {parts}.</source>
        <translation>{model} 最接近 {row}；不同之处：{parts}。</translation>
    </message>
    <message>
        <source>; </source>
        <translation>；</translation>
    </message>
</context>
<context>
    <name>MoreButton</name>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>Copy and save</source>
        <translation>复制与保存</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Save as CSV…</source>
        <translation>另存为 CSV…</translation>
    </message>
    <message>
        <source>Save as PNG…</source>
        <translation>另存为 PNG…</translation>
    </message>
    <message>
        <source>Save as SVG…</source>
        <translation>另存为 SVG…</translation>
    </message>
    <message>
        <source>CSV (*.csv)</source>
        <translation>CSV (*.csv)</translation>
    </message>
    <message>
        <source>PNG (*.png)</source>
        <translation>PNG (*.png)</translation>
    </message>
    <message>
        <source>SVG (*.svg)</source>
        <translation>SVG (*.svg)</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Saved {name}</source>
        <translation>已保存 {name}</translation>
    </message>
</context>
<context>
    <name>NameDialog</name>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Another prompt has this name already.</source>
        <translation>已有另一个提示词使用此名称。</translation>
    </message>
</context>
<context>
    <name>NextTokens</name>
    <message>
        <source>Token filled in, before and after</source>
        <translation>填入的 token：之前与之后</translation>
    </message>
    <message>
        <source>Next token, before and after</source>
        <translation>下一个 token：之前与之后</translation>
    </message>
    <message>
        <source>rank {a} → {b}; logit {d}</source>
        <translation>名次 {a} → {b}；logit {d}</translation>
    </message>
    <message>
        <source>before: {text}</source>
        <translation>之前：{text}</translation>
    </message>
    <message>
        <source>after: {text}</source>
        <translation>之后：{text}</translation>
    </message>
    <message>
        <source>KL {n} nats</source>
        <translation>KL {n} 奈特</translation>
    </message>
    <message>
        <source>loss {a} → {b} nats per token (n = {n})</source>
        <translation>损失 {a} → {b} 奈特/token（n = {n}）</translation>
    </message>
    <message>
        <source>{ms} ms</source>
        <translation>{ms} 毫秒</translation>
    </message>
    <message>
        <source>Asking the model…</source>
        <translation>正在问模型…</translation>
    </message>
    <message>
        <source>Choose a change; the model is asked when you pause.</source>
        <translation>选择一种改动；停下来时就会问模型。</translation>
    </message>
</context>
<context>
    <name>NormsView</name>
    <message>
        <source>Mean</source>
        <translation>均值</translation>
    </message>
    <message>
        <source>Spread</source>
        <translation>离散程度</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>层数</translation>
    </message>
    <message>
        <source>The same vector through each</source>
        <translation>同一个向量通过每一种</translation>
    </message>
    <message>
        <source>One scale for all; the dashed line is the mean. f is a fixed random matrix.</source>
        <translation>所有图同一刻度；虚线为均值。f 是一个固定的随机矩阵。</translation>
    </message>
    <message>
        <source>Where the norm stands</source>
        <translation>归一化的位置</translation>
    </message>
    <message>
        <source>Gradient norm against depth</source>
        <translation>梯度范数随深度的变化</translation>
    </message>
    <message>
        <source>What a norm costs</source>
        <translation>归一化的代价</translation>
    </message>
    <message>
        <source>mean {mean:.2f}, RMS {rms:.2f}</source>
        <translation>均值 {mean:.2f}，RMS {rms:.2f}</translation>
    </message>
    <message>
        <source>DeepNorm of {n} layers: α = {a:.3f}, β = {b:.3f}. With {n} in each half: encoder α = {ea:.3f}, β = {eb:.3f}; decoder α = {da:.3f}, β = {db:.3f} (Wang et al. 2022, figure 2).</source>
        <translation>{n} 层的 DeepNorm：α = {a:.3f}，β = {b:.3f}。编码器和解码器各 {n} 层时：编码器 α = {ea:.3f}，β = {eb:.3f}；解码器 α = {da:.3f}，β = {db:.3f}（Wang et al. 2022，图 2）。</translation>
    </message>
    <message>
        <source>post-norm</source>
        <translation>后置归一化</translation>
    </message>
    <message>
        <source>pre-norm</source>
        <translation>前置归一化</translation>
    </message>
    <message>
        <source>Random stacks of {layers} layers before any training, {seeds} each: median and range of the gradient of all weights of a layer.</source>
        <translation>未训练的 {layers} 层随机堆叠，每种 {seeds} 个：每层全部权重梯度的中位数和范围。</translation>
    </message>
    <message>
        <source>Measure builds random stacks and reads them.</source>
        <translation>“测量”会搭建随机堆叠并读取其梯度。</translation>
    </message>
    <message>
        <source>layer, from the input</source>
        <translation>层（从输入数起）</translation>
    </message>
    <message>
        <source>nats per unit</source>
        <translation>奈特/单位</translation>
    </message>
    <message>
        <source>Here ({device}): {wl:.0%} to {wh:.0%} step by step, {fl:.0%} to {fh:.0%} as one kernel, {bl:.0%} to {bh:.0%} of a whole block. The paper&apos;s 7–64 % were whole models of 2019, recurrent ones among them (Zhang &amp; Sennrich).</source>
        <translation>此处（{device}）：逐步计算节省 {wl:.0%} 至 {wh:.0%}，单个内核节省 {fl:.0%} 至 {fh:.0%}，整个块节省 {bl:.0%} 至 {bh:.0%}。论文中的 7–64 % 指 2019 年的完整模型，其中包括循环网络（Zhang &amp; Sennrich）。</translation>
    </message>
    <message>
        <source>The textbook says that RMSNorm saves 7–64 %. Measure puts it to the test.</source>
        <translation>教材称 RMSNorm 节省 7–64 % 的时间。“测量”会加以检验。</translation>
    </message>
    <message>
        <source>gradient norm</source>
        <translation>梯度范数</translation>
    </message>
    <message>
        <source>Nanoseconds per element, medians of readings in turns, one thread; saving with its 95 % interval. Negative: RMSNorm takes longer.</source>
        <translation>每个元素的纳秒数，交替测量的中位数，单线程；节省比例带 95 % 区间。负值：RMSNorm 更慢。</translation>
    </message>
    <message>
        <source>Form</source>
        <translation>形式</translation>
    </message>
    <message>
        <source>Width</source>
        <translation>宽度</translation>
    </message>
    <message>
        <source>Saved</source>
        <translation>节省</translation>
    </message>
    <message>
        <source>{low:.0%} to {high:.0%}, n = {n} pairs</source>
        <translation>{low:.0%} 至 {high:.0%}，n = {n} 对</translation>
    </message>
    <message>
        <source>one kernel</source>
        <translation>单个内核</translation>
    </message>
    <message>
        <source>step by step</source>
        <translation>逐步计算</translation>
    </message>
    <message>
        <source>whole block</source>
        <translation>整个块</translation>
    </message>
    <message>
        <source>placement</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>formula</source>
        <translation>公式</translation>
    </message>
</context>
<context>
    <name>Numbers</name>
    <message>
        <source>under a second</source>
        <translation>不到 1 秒</translation>
    </message>
    <message>
        <source>{n} s</source>
        <translation>{n} 秒</translation>
    </message>
    <message>
        <source>{n} min</source>
        <translation>{n} 分钟</translation>
    </message>
    <message>
        <source>{h} h {m} min</source>
        <translation>{h} 小时 {m} 分钟</translation>
    </message>
</context>
<context>
    <name>NumbersView</name>
    <message>
        <source>A fourth wheel is added. It always stood at 0 in training: from {n} on, the model sees a state it never met.</source>
        <translation>加上第四个轮子。训练时它始终停在 0：从 {n} 起，模型遇到从未见过的状态。</translation>
    </message>
    <message>
        <source>All numbers are divided by {k}: {number} becomes {shown}. Every wheel stays in its known range, but neighbours are only {step} apart on the last wheel.</source>
        <translation>所有数除以 {k}：{number} 变成 {shown}。每个轮子都在已知范围内，但相邻的数在最后一个轮子上只差 {step}。</translation>
    </message>
    <message>
        <source>Each wheel gets more digits: radix {old} · {k}^(1/{digits}) = {exact}, so {radix} states reach {range}. Neighbours stay 1 apart on the last wheel; no wheel is new.</source>
        <translation>每个轮子有更多数字：进制 {old} · {k}^(1/{digits}) = {exact}，于是 {radix} 进制能数到 {range}。相邻的数在最后一个轮子上仍差 1；没有新轮子。</translation>
    </message>
    <message>
        <source>{a} → {first}    {b} → {second}</source>
        <translation>{a} → {first}    {b} → {second}</translation>
    </message>
    <message>
        <source>pair of dimensions, fastest first</source>
        <translation>维度对，最快的在前</translation>
    </message>
    <message>
        <source>step (1 = trained)</source>
        <translation>步长（1 = 训练时）</translation>
    </message>
    <message>
        <source>turns</source>
        <translation>圈数</translation>
    </message>
    <message>
        <source>one whole turn</source>
        <translation>整整一圈</translation>
    </message>
    <message>
        <source>a rotation of base 10000 and 64 dimensions</source>
        <translation>底数 10000、64 维的旋转</translation>
    </message>
    <message>
        <source>The same move on real frequencies</source>
        <translation>同样的做法用在真实频率上</translation>
    </message>
    <message>
        <source>{model}, stretched to {k} × {n} positions</source>
        <translation>{model}，拉长到 {k} × {n} 个位置</translation>
    </message>
    <message>
        <source>Position {m}: {n} of {all} pairs point where training never did (beyond their arc)</source>
        <translation>位置 {m}：{all} 对中有 {n} 对指向训练时从未到过的方向（超出其弧）</translation>
    </message>
    <message>
        <source>How far each wheel has turned</source>
        <translation>每个轮子转了多远</translation>
    </message>
    <message>
        <source>last trained position</source>
        <translation>最后一个训练位置</translation>
    </message>
    <message>
        <source>never seen</source>
        <translation>从未见过</translation>
    </message>
    <message>
        <source>The same number after each move</source>
        <translation>同一个数，三种做法之后</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>数</translation>
    </message>
    <message>
        <source>Number on the counter</source>
        <translation>计数器上的数</translation>
    </message>
    <message>
        <source>A counter of three digits</source>
        <translation>三位数的计数器</translation>
    </message>
    <message>
        <source>Trained on 0 to 999; now it must count to 1999.</source>
        <translation>训练时是 0 到 999；现在要数到 1999。</translation>
    </message>
    <message>
        <source>Extrapolate</source>
        <translation>外推</translation>
    </message>
    <message>
        <source>Interpolate</source>
        <translation>内插</translation>
    </message>
    <message>
        <source>Change the radix</source>
        <translation>改变进制</translation>
    </message>
    <message>
        <source>0 to {n}</source>
        <translation>0 到 {n}</translation>
    </message>
    <message>
        <source>known</source>
        <translation>见过</translation>
    </message>
    <message>
        <source>between two</source>
        <translation>两数之间</translation>
    </message>
</context>
<context>
    <name>OnlyRightView</name>
    <message>
        <source>Which column alone is right</source>
        <translation>只有哪一列答对</translation>
    </message>
    <message>
        <source>Items that exactly one column got right</source>
        <translation>恰有一列答对的题目</translation>
    </message>
    <message>
        <source>Click an item to see its answers</source>
        <translation>点击题目查看各列的回答</translation>
    </message>
    <message>
        <source>any of them</source>
        <translation>任意一列</translation>
    </message>
    <message>
        <source>only {name} ({n})</source>
        <translation>仅 {name}（{n}）</translation>
    </message>
    <message>
        <source>Exactly one is right on {n:,} items</source>
        <translation>恰有一列答对的题目：{n:,} 题</translation>
    </message>
</context>
<context>
    <name>OrderView</name>
    <message>
        <source>Examples</source>
        <translation>示例</translation>
    </message>
    <message>
        <source>log p per token</source>
        <translation>每 token log p</translation>
    </message>
    <message>
        <source>Mean over the questions, in nats per token: a shorter bar is better.</source>
        <translation>各题平均，单位：奈特/token；条越短越好。</translation>
    </message>
    <message>
        <source>Likeliest</source>
        <translation>最可能</translation>
    </message>
    <message>
        <source>Share of questions whose answer is the likeliest token at each place: greedy decoding begins with exactly it.</source>
        <translation>回答在每个位置都是最可能 token 的题目比例：贪心解码会以它开头。</translation>
    </message>
    <message>
        <source>{order}   as written</source>
        <translation>{order}   原顺序</translation>
    </message>
    <message>
        <source>Use this order in Compare</source>
        <translation>在对比中使用此顺序</translation>
    </message>
    <message>
        <source>{n} arrangements so far</source>
        <translation>已完成 {n} 种排列</translation>
    </message>
    <message>
        <source>{n} of {all} arrangements, {items} questions, best first</source>
        <translation>{all} 种排列中的 {n} 种，{items} 题，最好的在前</translation>
    </message>
</context>
<context>
    <name>OtherPart</name>
    <message>
        <source>{model} turns queries and keys by their positions (RoPE).</source>
        <translation>{model} 按位置旋转查询和键（RoPE）。</translation>
    </message>
    <message>
        <source>{model} does not rotate. It adds a bias that grows with the distance (ALiBi).</source>
        <translation>{model} 不做旋转。它加上随距离增大的偏置（ALiBi）。</translation>
    </message>
    <message>
        <source>{model} does not rotate. It adds a learned vector per position to its tokens.</source>
        <translation>{model} 不做旋转。它给 token 加上每个位置学到的向量。</translation>
    </message>
    <message>
        <source>{model} does not rotate. It adds sines and cosines of the position to its tokens.</source>
        <translation>{model} 不做旋转。它给 token 加上位置的正弦和余弦。</translation>
    </message>
    <message>
        <source>{model} does not rotate. It adds a learned bias per bucket of distance (T5).</source>
        <translation>{model} 不做旋转。它为每个距离桶加一个学到的偏置（T5）。</translation>
    </message>
    <message>
        <source>{model} does not rotate, and tells positions in no way known here.</source>
        <translation>{model} 不做旋转，也没有这里认识的位置编码。</translation>
    </message>
    <message>
        <source>Show rotation</source>
        <translation>看旋转</translation>
    </message>
    <message>
        <source>Show ALiBi</source>
        <translation>看 ALiBi</translation>
    </message>
    <message>
        <source>Show its position table</source>
        <translation>看它的位置表</translation>
    </message>
    <message>
        <source>Show its buckets</source>
        <translation>看它的桶</translation>
    </message>
</context>
<context>
    <name>OutliersView</name>
    <message>
        <source>Strength</source>
        <translation>强度</translation>
    </message>
    <message>
        <source>Strength of the outlier features</source>
        <translation>离群特征的强度</translation>
    </message>
    <message>
        <source>σ of log-normal factors: features behind norms and neurons are multiplied, the columns that read them divided</source>
        <translation>对数正态因子的 σ：归一化之后的特征和神经元乘以因子，读取它们的列除以同一因子</translation>
    </message>
    <message>
        <source>Loss after pruning</source>
        <translation>剪枝后的损失</translation>
    </message>
    <message>
        <source>Weights whose fate changes</source>
        <translation>去留改变的权重</translation>
    </message>
    <message>
        <source>Measure gives the model outlier features without changing what it says, and prunes it by each method: what large models do to magnitude, made visible.</source>
        <translation>“测量”给模型加上离群特征而不改变它的输出，再用每种方法剪枝：让人看到大模型会让“按幅值”失效。</translation>
    </message>
    <message>
        <source>strength σ</source>
        <translation>强度 σ</translation>
    </message>
    <message>
        <source>slider</source>
        <translation>滑块</translation>
    </message>
    <message>
        <source>dense</source>
        <translation>稠密</translation>
    </message>
    <message>
        <source>loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>nats per token</source>
        <translation>奈特/token</translation>
    </message>
    <message>
        <source>moved against σ = 0</source>
        <translation>相对 σ = 0 的变动</translation>
    </message>
    <message>
        <source>{name} {nll} nats</source>
        <translation>{name} {nll} 奈特</translation>
    </message>
    <message>
        <source>At σ = {s}: {told}</source>
        <translation>σ = {s} 时：{told}</translation>
    </message>
    <message>
        <source>Dense logits are bit for bit the same</source>
        <translation>稠密模型的 logits 逐位相同</translation>
    </message>
    <message>
        <source>Dense logits differ by at most {d}</source>
        <translation>稠密模型的 logits 最多相差 {d}</translation>
    </message>
    <message>
        <source>the largest feature is {x} times the median one</source>
        <translation>最大的特征是中位数的 {x} 倍</translation>
    </message>
    <message>
        <source>not one mask of {names} moves</source>
        <translation>{names} 的掩码一个也没动</translation>
    </message>
    <message>
        <source>{model} at {ratio} zeros; {n} windows of {length} tokens, seed {seed}</source>
        <translation>{model}，{ratio} 为零；{n} 个窗口，每个 {length} token，种子 {seed}</translation>
    </message>
    <message>
        <source>calibration {a}, measured on {b}</source>
        <translation>校准文本 {a}，测量文本 {b}</translation>
    </message>
    <message>
        <source>Share of weights that are kept at σ = 0 and zeroed here, or the reverse.</source>
        <translation>在 σ = 0 时保留而此处置零（或相反）的权重比例。</translation>
    </message>
</context>
<context>
    <name>OverlayPanel</name>
    <message>
        <source>Choose two columns that have answered.</source>
        <translation>请选择两个已有回答的列。</translation>
    </message>
    <message>
        <source>Identical: all {n} tokens are the same.</source>
        <translation>完全相同：{n} 个 token 一致。</translation>
    </message>
    <message>
        <source>First divergence at token {n}: {left} / {right} · {same} tokens shared</source>
        <translation>首个分歧在第 {n} 个 token：{left} / {right} · 共同 {same} 个 token</translation>
    </message>
    <message>
        <source>the answer had ended</source>
        <translation>回答已结束</translation>
    </message>
    <message>
        <source>“{token}” ({p:.2f})</source>
        <translation>“{token}”（{p:.2f}）</translation>
    </message>
    <message>
        <source>Left column</source>
        <translation>左列</translation>
    </message>
    <message>
        <source>Right column</source>
        <translation>右列</translation>
    </message>
    <message>
        <source>Swap the two columns</source>
        <translation>交换两列</translation>
    </message>
    <message>
        <source>Previous</source>
        <translation>上一个</translation>
    </message>
    <message>
        <source>Previous difference</source>
        <translation>上一处差异</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>下一个</translation>
    </message>
    <message>
        <source>Next difference</source>
        <translation>下一处差异</translation>
    </message>
    <message>
        <source>Close the overlay</source>
        <translation>关闭叠加</translation>
    </message>
    <message>
        <source>Answer of the left column</source>
        <translation>左列的回答</translation>
    </message>
    <message>
        <source>Answer of the right column</source>
        <translation>右列的回答</translation>
    </message>
</context>
<context>
    <name>PageCommands</name>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Ask with every chosen technique</source>
        <translation>用所有选中的技巧提问</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stop answering; what is there stays</source>
        <translation>停止回答；已有内容保留</translation>
    </message>
    <message>
        <source>Load the sample</source>
        <translation>载入示例</translation>
    </message>
    <message>
        <source>Load the sample with documents</source>
        <translation>载入带文档的示例</translation>
    </message>
    <message>
        <source>Another exercise</source>
        <translation>换一题</translation>
    </message>
    <message>
        <source>Overlay two columns</source>
        <translation>叠加两列</translation>
    </message>
    <message>
        <source>Explain these answers</source>
        <translation>解释这些回答</translation>
    </message>
    <message>
        <source>Open them on the page Why</source>
        <translation>在“归因”页中打开</translation>
    </message>
    <message>
        <source>Look inside the last answer</source>
        <translation>查看最后一个回答的内部</translation>
    </message>
    <message>
        <source>Open prompt and answer on the page Attention</source>
        <translation>在“注意力”页面打开提示与回答</translation>
    </message>
    <message>
        <source>See the positions of the last answer</source>
        <translation>查看最后一个回答的位置</translation>
    </message>
    <message>
        <source>Open prompt and answer on the page Position</source>
        <translation>在“位置”页打开提示和回答</translation>
    </message>
    <message>
        <source>Sampling settings</source>
        <translation>采样设置</translation>
    </message>
    <message>
        <source>Clear the results</source>
        <translation>清除结果</translation>
    </message>
</context>
<context>
    <name>Pages</name>
    <message>
        <source>Compare</source>
        <translation>对比</translation>
    </message>
    <message>
        <source>Evaluate</source>
        <translation>评测</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>归因</translation>
    </message>
    <message>
        <source>Attention</source>
        <translation>注意力</translation>
    </message>
    <message>
        <source>Position</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>Anatomy</source>
        <translation>结构剖析</translation>
    </message>
    <message>
        <source>Pruning</source>
        <translation>剪枝</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>上下文</translation>
    </message>
    <message>
        <source>Library</source>
        <translation>提示词库</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>运行记录</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
</context>
<context>
    <name>PaintView</name>
    <message>
        <source>the model&apos;s own</source>
        <translation>模型自身的</translation>
    </message>
    <message>
        <source>causal</source>
        <translation>因果</translation>
    </message>
    <message>
        <source>prefix sees itself</source>
        <translation>前缀互相可见</translation>
    </message>
    <message>
        <source>sliding window</source>
        <translation>滑动窗口</translation>
    </message>
    <message>
        <source>everything</source>
        <translation>全部可见</translation>
    </message>
    <message>
        <source>Mask</source>
        <translation>掩码</translation>
    </message>
    <message>
        <source> tokens</source>
        <translation> 个 token</translation>
    </message>
    <message>
        <source>Tokens of prefix or window</source>
        <translation>前缀或窗口的 token 数</translation>
    </message>
    <message>
        <source>brush hides</source>
        <translation>画笔遮住</translation>
    </message>
    <message>
        <source>brush shows</source>
        <translation>画笔显露</translation>
    </message>
    <message>
        <source>size </source>
        <translation>大小 </translation>
    </message>
    <message>
        <source>Size of the brush</source>
        <translation>画笔大小</translation>
    </message>
    <message>
        <source>Own mask again</source>
        <translation>恢复自身掩码</translation>
    </message>
    <message>
        <source>Run with this mask</source>
        <translation>用此掩码运行</translation>
    </message>
    <message>
        <source>Look inside with it</source>
        <translation>用它查看内部</translation>
    </message>
    <message>
        <source>Likeliest tokens</source>
        <translation>最可能的 token</translation>
    </message>
    <message>
        <source>Map to paint on</source>
        <translation>可以涂画的热图</translation>
    </message>
    <message>
        <source>Masks can be painted for texts of up to {n} tokens, in models with one stack.</source>
        <translation>只能为不超过 {n} 个 token 的文本、且只有一个堆栈的模型涂画掩码。</translation>
    </message>
    <message>
        <source>Drag over cells. Red cells are hidden from their query, green ones shown to it; every layer and head obeys.</source>
        <translation>在单元格上拖动。红色单元格对其查询遮住，绿色的对其显露；所有层和头都遵从。</translation>
    </message>
    <message>
        <source>Token filled in, under the mask</source>
        <translation>此掩码下填入的 token</translation>
    </message>
    <message>
        <source>Next token under the mask</source>
        <translation>此掩码下的下一 token</translation>
    </message>
    <message>
        <source>KL {kl:.3f} nats</source>
        <translation>KL {kl:.3f} 奈特</translation>
    </message>
    <message>
        <source>loss {a:.3f} → {b:.3f} nats per token</source>
        <translation>损失 {a:.3f} → {b:.3f} 奈特/token</translation>
    </message>
    <message>
        <source>some tokens see later ones</source>
        <translation>有些 token 看到了后面的 token</translation>
    </message>
    <message>
        <source>goes on: “{text}”</source>
        <translation>接着说：“{text}”</translation>
    </message>
    <message>
        <source>under the mask: “{text}”</source>
        <translation>在掩码下：“{text}”</translation>
    </message>
    <message>
        <source>Choose a mask</source>
        <translation>选择掩码</translation>
    </message>
    <message>
        <source>Paint the mask</source>
        <translation>涂画掩码</translation>
    </message>
</context>
<context>
    <name>PairPanel</name>
    <message>
        <source>Paired figures</source>
        <translation>配对结果</translation>
    </message>
    <message>
        <source>Changes in the prompt</source>
        <translation>提示词的变化</translation>
    </message>
    <message>
        <source>Other settings</source>
        <translation>其他设置</translation>
    </message>
    <message>
        <source>Two runs compared</source>
        <translation>两次运行的比较</translation>
    </message>
    <message>
        <source>Comparing…</source>
        <translation>正在比较…</translation>
    </message>
    <message>
        <source>{n} questions in both</source>
        <translation>{n} 个共同的问题</translation>
    </message>
    <message>
        <source>1 question in both</source>
        <translation>两者共有 1 个问题</translation>
    </message>
    <message>
        <source>{n} only in A</source>
        <translation>{n} 个只在 A 中</translation>
    </message>
    <message>
        <source>{n} only in B</source>
        <translation>{n} 个只在 B 中</translation>
    </message>
    <message>
        <source>the same prompt</source>
        <translation>提示词相同</translation>
    </message>
    <message>
        <source>the same settings</source>
        <translation>设置相同</translation>
    </message>
    <message>
        <source>Technique</source>
        <translation>方法</translation>
    </message>
    <message>
        <source>n</source>
        <translation>n</translation>
    </message>
    <message>
        <source>Both right</source>
        <translation>都正确</translation>
    </message>
    <message>
        <source>Only A</source>
        <translation>仅 A</translation>
    </message>
    <message>
        <source>Only B</source>
        <translation>仅 B</translation>
    </message>
    <message>
        <source>B − A</source>
        <translation>B − A</translation>
    </message>
    <message>
        <source>p</source>
        <translation>p</translation>
    </message>
</context>
<context>
    <name>PairsView</name>
    <message>
        <source>Pairs</source>
        <translation>两两比较</translation>
    </message>
    <message>
        <source>To show a difference of</source>
        <translation>要看出</translation>
    </message>
    <message>
        <source> points</source>
        <translation> 个百分点</translation>
    </message>
    <message>
        <source>Wished difference</source>
        <translation>期望的差异</translation>
    </message>
    <message>
        <source>Pair</source>
        <translation>比较</translation>
    </message>
    <message>
        <source>The second against the first</source>
        <translation>后者与前者相比</translation>
    </message>
    <message>
        <source>Difference</source>
        <translation>差异</translation>
    </message>
    <message>
        <source>Accuracy of the second less that of the first, in points; line: 95 % interval</source>
        <translation>后者准确率减前者准确率，单位为百分点；横线：95% 区间</translation>
    </message>
    <message>
        <source>95 % CI</source>
        <translation>95% 区间</translation>
    </message>
    <message>
        <source>In points</source>
        <translation>单位：百分点</translation>
    </message>
    <message>
        <source>How often chance alone would bring such a difference</source>
        <translation>仅凭偶然出现这种差异的概率</translation>
    </message>
    <message>
        <source>Holm p</source>
        <translation>Holm p</translation>
    </message>
    <message>
        <source>p, corrected because {n} pairs are tested at once</source>
        <translation>同时检验 {n} 对，因此经过校正的 p 值</translation>
    </message>
    <message>
        <source>Items</source>
        <translation>题数</translation>
    </message>
    <message>
        <source>Scored on both sides</source>
        <translation>两边都已计分</translation>
    </message>
    <message>
        <source>Only first · only second</source>
        <translation>仅前 · 仅后</translation>
    </message>
    <message>
        <source>Items on which exactly one of the two is right (does better)</source>
        <translation>两者中恰有一个答对（或更好）的题目</translation>
    </message>
    <message>
        <source>between {first} and {second}: about {n:,} items (now {have:,})</source>
        <translation>（{first}与{second}之间）：约需 {n:,} 题（现有 {have:,} 题）</translation>
    </message>
    <message>
        <source>From how much the items&apos; differences vary (normal approximation): power 80 %, α 5 %, two-sided.</source>
        <translation>根据各题差异的波动大小估计（正态近似）：功效 80%，α 5%，双侧。</translation>
    </message>
    <message>
        <source>Connor 1987, for McNemar&apos;s test: power 80 %, α 5 %, two-sided. The two differ on {share:.0f} % of {n} items; the more they differ, the more items it takes.</source>
        <translation>Connor 1987，用于 McNemar 检验：功效 80%，α 5%，双侧。两者在 {n} 题中的 {share:.0f}% 上结果不同；不同的题越多，所需题数越多。</translation>
    </message>
</context>
<context>
    <name>PanelTitle</name>
    <message>
        <source>Close “{panel}”</source>
        <translation>关闭“{panel}”</translation>
    </message>
</context>
<context>
    <name>PartRows</name>
    <message>
        <source>Layer</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Groups of heads</source>
        <translation>头组</translation>
    </message>
    <message>
        <source>kept</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>Neurons, sorted</source>
        <translation>神经元（已排序）</translation>
    </message>
    <message>
        <source>Influence</source>
        <translation>影响</translation>
    </message>
    <message>
        <source>1 − mean cosine of what enters and what leaves the layer (block influence)</source>
        <translation>1 − 进出该层的向量的平均余弦（块影响）</translation>
    </message>
    <message>
        <source>dropped</source>
        <translation>已去掉</translation>
    </message>
</context>
<context>
    <name>PartsView</name>
    <message>
        <source>Average of {n} questions, nats per token and shares</source>
        <translation>{n} 题平均，单位：奈特/token 与占比</translation>
    </message>
    <message>
        <source>This question, nats per token and shares</source>
        <translation>本题，单位：奈特/token 与占比</translation>
    </message>
    <message>
        <source>Part</source>
        <translation>部分</translation>
    </message>
    <message>
        <source>Leave one out is the causal measure; attention is not an explanation.</source>
        <translation>留一法是因果度量；注意力不是解释。</translation>
    </message>
    <message>
        <source>nats per token</source>
        <translation>奈特/token</translation>
    </message>
    <message>
        <source>{part}: {effect} nats per token
One question, leave one out</source>
        <translation>{part}：{effect} 奈特/token
单题，留一法</translation>
    </message>
    <message>
        <source>Answer explained, log p {p} per token</source>
        <translation>所解释的回答，每 token log p {p}</translation>
    </message>
    <message>
        <source>tinted by what {part} did</source>
        <translation>着色依据：{part}</translation>
    </message>
    <message>
        <source>token {n}: {value} nats, p {p:.3f}</source>
        <translation>第 {n} 个 token：{value} 奈特，p {p:.3f}</translation>
    </message>
    <message>
        <source>nats</source>
        <translation>奈特</translation>
    </message>
</context>
<context>
    <name>PassageSources</name>
    <message>
        <source>From</source>
        <translation>来自</translation>
    </message>
    <message>
        <source>No passage was found for the question.</source>
        <translation>没有找到与该问题相关的段落。</translation>
    </message>
    <message>
        <source>{n} of {all} passages that were found fit the window.</source>
        <translation>检索到的 {all} 个段落中有 {n} 个能放进窗口。</translation>
    </message>
    <message>
        <source>p. {n}</source>
        <translation>第 {n} 页</translation>
    </message>
    <message>
        <source>at {n}</source>
        <translation>第 {n} 字处</translation>
    </message>
    <message>
        <source>Open the passage in {name}</source>
        <translation>打开 {name} 中的段落</translation>
    </message>
    <message>
        <source>Rank {n}</source>
        <translation>排名 {n}</translation>
    </message>
</context>
<context>
    <name>PassageView</name>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>{name}, characters {start}–{end} of {all}</source>
        <translation>{name}，第 {start}–{end} 字符，共 {all}</translation>
    </message>
    <message>
        <source>page {n}</source>
        <translation>第 {n} 页</translation>
    </message>
</context>
<context>
    <name>PatchView</name>
    <message>
        <source>Clean prompt and its answer</source>
        <translation>干净的提示及其回答</translation>
    </message>
    <message>
        <source>Corrupted prompt and its answer</source>
        <translation>改动的提示及其回答</translation>
    </message>
    <message>
        <source>said already to both, if anything</source>
        <translation>两者都已说过的话（可空）</translation>
    </message>
    <message>
        <source>What was said already to both prompts</source>
        <translation>对两个提示都已说过的话</translation>
    </message>
    <message>
        <source>as questions</source>
        <translation>作为提问</translation>
    </message>
    <message>
        <source>Put both prompts into the model&apos;s chat format</source>
        <translation>把两个提示都放进模型的对话格式</translation>
    </message>
    <message>
        <source>its answer, one token</source>
        <translation>它的回答，一个 token</translation>
    </message>
    <message>
        <source>residual stream</source>
        <translation>残差流</translation>
    </message>
    <message>
        <source>attention output</source>
        <translation>注意力输出</translation>
    </message>
    <message>
        <source>MLP output</source>
        <translation>MLP 输出</translation>
    </message>
    <message>
        <source>single heads</source>
        <translation>单个头</translation>
    </message>
    <message>
        <source>What is put in</source>
        <translation>换入什么</translation>
    </message>
    <message>
        <source>Patch</source>
        <translation>修补</translation>
    </message>
    <message>
        <source>Sample prompts</source>
        <translation>示例提示</translation>
    </message>
    <message>
        <source>Patch two sample prompts</source>
        <translation>修补两个示例提示</translation>
    </message>
    <message>
        <source>Each activation of the clean run is put into the corrupted one: how much of the clean answer returns (0 = none, 1 = all)?</source>
        <translation>把干净运行的每个激活换入改动的运行：干净的回答恢复多少（0 = 没有，1 = 全部）？</translation>
    </message>
    <message>
        <source>Recovered share by layer and token</source>
        <translation>按层和 token 的恢复比例</translation>
    </message>
    <message>
        <source>of the answer returns</source>
        <translation>的回答恢复</translation>
    </message>
    <message>
        <source>logit of “{a}” over “{b}”: clean {c}, corrupted {d}</source>
        <translation>“{a}”相对“{b}”的 logit：干净 {c}，改动 {d}</translation>
    </message>
    <message>
        <source>Point at a cell for its figure.</source>
        <translation>指向单元格查看数值。</translation>
    </message>
    <message>
        <source>layer {layer}, {place}: {value} of the answer returns</source>
        <translation>第 {layer} 层，{place}：回答恢复 {value}</translation>
    </message>
</context>
<context>
    <name>PatternBox</name>
    <message>
        <source>A regular expression, e.g. &lt;answer&gt;(.*?)&lt;/answer&gt;</source>
        <translation>正则表达式，例如 &lt;answer&gt;(.*?)&lt;/answer&gt;</translation>
    </message>
    <message>
        <source>Pattern of your own</source>
        <translation>自定义表达式</translation>
    </message>
    <message>
        <source>Add as a rule</source>
        <translation>添加为规则</translation>
    </message>
    <message>
        <source>What the pattern finds in real answers</source>
        <translation>表达式在真实回答中找到的内容</translation>
    </message>
    <message>
        <source>Finds an answer in {hits} of {n} tried. The last match counts.</source>
        <translation>试了 {n} 个回答，在 {hits} 个中找到答案。以最后一处匹配为准。</translation>
    </message>
</context>
<context>
    <name>PlotMenu</name>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>There is nothing to save yet.</source>
        <translation>还没有可保存的内容。</translation>
    </message>
    <message>
        <source>Copy and save</source>
        <translation>复制和保存</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Save as PNG…</source>
        <translation>另存为 PNG…</translation>
    </message>
    <message>
        <source>Save as SVG…</source>
        <translation>另存为 SVG…</translation>
    </message>
    <message>
        <source>Save as CSV…</source>
        <translation>另存为 CSV…</translation>
    </message>
    <message>
        <source>Save as NPZ (NumPy)…</source>
        <translation>另存为 NPZ（NumPy）…</translation>
    </message>
    <message>
        <source>Copy as command</source>
        <translation>复制为命令</translation>
    </message>
    <message>
        <source>PNG (*.png)</source>
        <translation>PNG (*.png)</translation>
    </message>
    <message>
        <source>SVG (*.svg)</source>
        <translation>SVG (*.svg)</translation>
    </message>
    <message>
        <source>CSV (*.csv)</source>
        <translation>CSV (*.csv)</translation>
    </message>
    <message>
        <source>NumPy arrays (*.npz)</source>
        <translation>NumPy 数组 (*.npz)</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Saved {name}</source>
        <translation>已保存 {name}</translation>
    </message>
</context>
<context>
    <name>PositionPage</name>
    <message>
        <source>Position</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>How the model knows where a word stands, turned and stretched live.</source>
        <translation>模型怎样知道一个词在哪里：现场旋转，现场拉长。</translation>
    </message>
    <message>
        <source>Look inside</source>
        <translation>查看内部</translation>
    </message>
    <message>
        <source>Run the text through the model and take its q and k</source>
        <translation>让模型读这段文本，取出它的 q 和 k</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Look at a short text</source>
        <translation>看一段短文本</translation>
    </message>
    <message>
        <source>Rotation</source>
        <translation>旋转</translation>
    </message>
    <message>
        <source>Stretching</source>
        <translation>拉长</translation>
    </message>
    <message>
        <source>Numbers</source>
        <translation>数字</translation>
    </message>
    <message>
        <source>ALiBi</source>
        <translation>ALiBi</translation>
    </message>
    <message>
        <source>Tables</source>
        <translation>位置表</translation>
    </message>
    <message>
        <source>Buckets</source>
        <translation>桶</translation>
    </message>
    <message>
        <source>RoPE turns pairs of dimensions by their position.</source>
        <translation>RoPE 按位置旋转成对的维度。</translation>
    </message>
    <message>
        <source>Other frequencies for longer texts, on the attention in sight.</source>
        <translation>为更长的文本换频率，作用在眼前的注意力上。</translation>
    </message>
    <message>
        <source>Why a longer range breaks, as a counter of three digits.</source>
        <translation>范围变长为什么会坏：用三位数的计数器来看。</translation>
    </message>
    <message>
        <source>A bias that grows with the distance, with a slope per head.</source>
        <translation>随距离增大的偏置，每个头一个斜率。</translation>
    </message>
    <message>
        <source>A vector per position, added to the tokens at the start.</source>
        <translation>每个位置一个向量，一开始就加到 token 上。</translation>
    </message>
    <message>
        <source>A learned bias per bucket of distance, as in T5.</source>
        <translation>每个距离桶一个学到的偏置，如 T5。</translation>
    </message>
    <message>
        <source>Look inside takes queries and keys of a text out of the model.</source>
        <translation>“查看内部”从模型里取出一段文本的查询和键。</translation>
    </message>
</context>
<context>
    <name>PreferencesDialog</name>
    <message>
        <source>Preferences</source>
        <translation>首选项</translation>
    </message>
    <message>
        <source>Restore defaults</source>
        <translation>恢复默认值</translation>
    </message>
</context>
<context>
    <name>PreviewTable</name>
    <message>
        <source>Line</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Id</source>
        <translation>编号</translation>
    </message>
    <message>
        <source>As it would be asked</source>
        <translation>将如何提问</translation>
    </message>
    <message>
        <source>Expected</source>
        <translation>标准答案</translation>
    </message>
</context>
<context>
    <name>ProgressStrip</name>
    <message>
        <source>Preparing…</source>
        <translation>正在准备…</translation>
    </message>
    <message>
        <source>{s:.0f} s left</source>
        <translation>还剩 {s:.0f} 秒</translation>
    </message>
</context>
<context>
    <name>ProjectFile</name>
    <message>
        <source>The file with your earlier runs was damaged. It is kept as “{file}”, and a new one was begun.</source>
        <translation>保存以往运行结果的文件已损坏。它已保留为“{file}”，并新建了一个文件。</translation>
    </message>
    <message>
        <source>Your runs were brought to this version&apos;s format. The file as it was is kept: {file}</source>
        <translation>您的运行记录已转换为此版本的格式。原文件已保留：{file}</translation>
    </message>
    <message>
        <source>Copy path</source>
        <translation>复制路径</translation>
    </message>
</context>
<context>
    <name>PromptEditor</name>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>重做</translation>
    </message>
</context>
<context>
    <name>PromptList</name>
    <message>
        <source>Search prompts</source>
        <translation>搜索提示词</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Prompts of the library</source>
        <translation>库中的提示词</translation>
    </message>
    <message>
        <source>No prompt matches the search.</source>
        <translation>没有符合搜索的提示词。</translation>
    </message>
</context>
<context>
    <name>PromptModel</name>
    <message>
        <source>Edit text</source>
        <translation>编辑文本</translation>
    </message>
    <message>
        <source>Edit variable</source>
        <translation>编辑变量</translation>
    </message>
    <message>
        <source>Edit examples</source>
        <translation>编辑示例</translation>
    </message>
    <message>
        <source>Choose a task</source>
        <translation>选择任务</translation>
    </message>
</context>
<context>
    <name>PromptPanel</name>
    <message>
        <source>{n} tokens</source>
        <translation>{n} 个 token</translation>
    </message>
    <message>
        <source>{a} to {b} tokens</source>
        <translation>{a} 到 {b} 个 token</translation>
    </message>
    <message>
        <source>{n} shared</source>
        <translation>共享 {n}</translation>
    </message>
    <message>
        <source>longer than the model&apos;s context of {n} tokens</source>
        <translation>超过模型的上下文（{n} 个 token）</translation>
    </message>
    <message>
        <source>Task preset</source>
        <translation>任务预设</translation>
    </message>
    <message>
        <source>Start from a ready-made prompt; one undo brings yours back.</source>
        <translation>从现成的提示词开始；撤销一次即可恢复您的内容。</translation>
    </message>
    <message>
        <source>Prompt in English</source>
        <translation>英文提示词</translation>
    </message>
    <message>
        <source>Prompt in Chinese</source>
        <translation>中文提示词</translation>
    </message>
    <message>
        <source>Another exercise of the same task</source>
        <translation>同一任务的另一道题</translation>
    </message>
    <message>
        <source>Tokens of the whole prompt under the chosen techniques, the chat template&apos;s own not counted. “Shared” tokens begin all of them and are computed once.</source>
        <translation>所选技巧下整个提示词的 token 数，不含对话模板自身。“共享”的 token 位于它们的开头，只计算一次。</translation>
    </message>
</context>
<context>
    <name>PromptsView</name>
    <message>
        <source>Ask both states</source>
        <translation>向两种状态提问</translation>
    </message>
    <message>
        <source> items</source>
        <translation> 题</translation>
    </message>
    <message>
        <source>Items of the task</source>
        <translation>任务的题数</translation>
    </message>
    <message>
        <source>Language of the items</source>
        <translation>题目的语言</translation>
    </message>
    <message>
        <source>Attention difference</source>
        <translation>注意力差异</translation>
    </message>
    <message>
        <source>The page Attention with the dense and the pruned model beside each other</source>
        <translation>在“注意力”页面并排查看稠密模型与剪枝模型</translation>
    </message>
    <message>
        <source>Every question</source>
        <translation>所有问题</translation>
    </message>
    <message>
        <source>Ask both asks the same questions of the dense and of the pruned model and compares them one by one.</source>
        <translation>“都问一遍”把同样的问题交给稠密模型和剪枝模型，再逐题比较。</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Expected</source>
        <translation>应答</translation>
    </message>
    <message>
        <source>dense</source>
        <translation>稠密</translation>
    </message>
    <message>
        <source>pruned</source>
        <translation>剪枝</translation>
    </message>
    <message>
        <source>Differs at</source>
        <translation>首异处</translation>
    </message>
    <message>
        <source>The copy is being cut; then both are asked.</source>
        <translation>正在剪枝副本；完成后向两者提问。</translation>
    </message>
    <message>
        <source>{n} of {all} questions answered by both</source>
        <translation>两边都已回答 {n} / {all} 题</translation>
    </message>
    <message>
        <source>The answers pinned in Compare are asked again, of both.</source>
        <translation>在“对比”中钉住的回答会向两种状态重新提问。</translation>
    </message>
    <message>
        <source>Nothing is pinned in Compare yet: pin answers there, or choose a task set.</source>
        <translation>“对比”中还没有钉住的回答：请在那里钉住，或选择一个任务集。</translation>
    </message>
    <message>
        <source>No question was answered by both states</source>
        <translation>没有一个问题得到两种状态的回答</translation>
    </message>
    <message>
        <source>{n} of {all} answers are the very same</source>
        <translation>{all} 个回答中 {n} 个完全相同</translation>
    </message>
    <message>
        <source>{a} of {n} right before, {b} after</source>
        <translation>{n} 题中剪枝前答对 {a} 题，剪枝后 {b} 题</translation>
    </message>
    <message>
        <source>{n} answers failed. The first: {reason}</source>
        <translation>{n} 个回答失败。第一个：{reason}</translation>
    </message>
    <message>
        <source>No question has an expected answer, so nothing is scored.</source>
        <translation>没有题目带有标准答案，因此不计分。</translation>
    </message>
    <message>
        <source>Tokens per second: {a} dense, {b} pruned (medians of the answers, timed once: no proof of a gain; zeros are multiplied like other numbers).</source>
        <translation>每秒 token 数：稠密 {a}，剪枝 {b}（各回答的中位数，只计时一次，不能证明有收益；零与其他数一样参与乘法）。</translation>
    </message>
    <message>
        <source>The copy was moved between the answers, so they are not of one model: {states}. Ask both again.</source>
        <translation>各回答之间副本的剪枝发生了变化，因此这些回答并非来自同一模型：{states}。请重新向两者提问。</translation>
    </message>
    <message>
        <source>The pruned copy: {edits}.</source>
        <translation>剪枝副本：{edits}。</translation>
    </message>
    <message>
        <source>The pruned copy: {share} of its weights are zero; {score}.</source>
        <translation>剪枝副本：{share} 的权重为零；{score}。</translation>
    </message>
    <message>
        <source>The copy was whole: move the slider first.</source>
        <translation>副本是完整的：请先移动滑块。</translation>
    </message>
    <message>
        <source>whole</source>
        <translation>完整</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>token {n}</source>
        <translation>第 {n} 个 token</translation>
    </message>
    <message>
        <source>dense: {text}</source>
        <translation>稠密：{text}</translation>
    </message>
    <message>
        <source>pruned: {text}</source>
        <translation>剪枝：{text}</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Pinned in Compare ({n})</source>
        <translation>“对比”中钉住的（{n}）</translation>
    </message>
</context>
<context>
    <name>Pruning</name>
    <message>
        <source>Magnitude</source>
        <translation>按幅值</translation>
    </message>
    <message>
        <source>Own score</source>
        <translation>自定义得分</translation>
    </message>
    <message>
        <source>Taylor (gradient)</source>
        <translation>Taylor（梯度）</translation>
    </message>
    <message>
        <source>dense</source>
        <translation>稠密</translation>
    </message>
    <message>
        <source>The smallest weights go; no text is read.</source>
        <translation>去掉最小的权重；不读取文本。</translation>
    </message>
    <message>
        <source>Weight times the norm of its input, compared per output row (Sun et al. 2023).</source>
        <translation>权重乘以其输入的范数，在每个输出行内比较（Sun et al. 2023）。</translation>
    </message>
    <message>
        <source>Each weight relative to its row and column (Zhang et al. 2024).</source>
        <translation>每个权重相对于所在行和列（Zhang et al. 2024）。</translation>
    </message>
    <message>
        <source>Relative importance times the square root of the input&apos;s norm (Zhang et al. 2024).</source>
        <translation>相对重要性乘以输入范数的平方根（Zhang et al. 2024）。</translation>
    </message>
    <message>
        <source>Prunes column by column and moves the rest to make up for it (Frantar and Alistarh 2023). The slider shows Wanda&apos;s masks; Prune runs SparseGPT itself.</source>
        <translation>逐列剪枝，并调整其余权重来补偿（Frantar、Alistarh 2023）。滑块显示 Wanda 的掩码；“剪枝”运行 SparseGPT 本身。</translation>
    </message>
    <message>
        <source>Weight times the loss&apos;s gradient: what the loss changes by, to first order (Molchanov et al. 2019). The slider shows Wanda&apos;s masks; Prune reads the gradients.</source>
        <translation>权重乘以损失的梯度：损失的一阶变化（Molchanov 等，2019）。滑块显示 Wanda 的掩码；“剪枝”会读取梯度。</translation>
    </message>
    <message>
        <source>Wanda&apos;s score plus weight times gradient (Das et al. 2023). The slider shows Wanda&apos;s masks; Prune reads the gradients.</source>
        <translation>Wanda 的分数加上权重乘以梯度（Das 等，2023）。滑块显示 Wanda 的掩码；“剪枝”会读取梯度。</translation>
    </message>
    <message>
        <source>Your own exponents, normalisation and group.</source>
        <translation>由您决定指数、归一化和比较范围。</translation>
    </message>
    <message>
        <source>The same in every layer</source>
        <translation>每层相同</translation>
    </message>
    <message>
        <source>OWL: layers with outliers keep more</source>
        <translation>OWL：离群多的层多留</translation>
    </message>
    <message>
        <source>Water-filling on the error curves</source>
        <translation>按误差曲线注水分配</translation>
    </message>
    <message>
        <source>Density follows the share of outlying scores (Yin et al. 2024).</source>
        <translation>密度随离群得分的比例而定（Yin et al. 2024）。</translation>
    </message>
    <message>
        <source>Every matrix is cut until its next weight hurts as much as everywhere else.</source>
        <translation>每个矩阵剪到再剪一个权重的代价处处相等为止。</translation>
    </message>
    <message>
        <source>Every matrix gets the ratio of the slider.</source>
        <translation>每个矩阵都用滑块的比例。</translation>
    </message>
    <message>
        <source>per row</source>
        <translation>按行</translation>
    </message>
    <message>
        <source>per matrix</source>
        <translation>按矩阵</translation>
    </message>
    <message>
        <source>{nll} ± {error} nats per token; {tokens} tokens in {windows} windows</source>
        <translation>{nll} ± {error} 奈特/token；{windows} 个窗口共 {tokens} token</translation>
    </message>
    <message>
        <source>{windows} windows of at most {length} tokens, {scored} scored</source>
        <translation>{windows} 个窗口，每个至多 {length} 个 token，{scored} 个计入</translation>
    </message>
    <message>
        <source>weights × inputs (WIFN)</source>
        <translation>权重 × 输入（WIFN）</translation>
    </message>
    <message>
        <source>fluctuation (FLAP)</source>
        <translation>波动（FLAP）</translation>
    </message>
    <message>
        <source>weights alone</source>
        <translation>仅看权重</translation>
    </message>
    <message>
        <source>loss without the part</source>
        <translation>去掉该部分后的损失</translation>
    </message>
    <message>
        <source>Mean |weight| of the part&apos;s outputs times the norm of its inputs.</source>
        <translation>部件输出权重的平均绝对值乘以其输入的范数。</translation>
    </message>
    <message>
        <source>How much the part&apos;s input fluctuates, weighted (An et al. 2024).</source>
        <translation>部件输入的波动大小，经加权（An et al. 2024）。</translation>
    </message>
    <message>
        <source>Heads and layers silenced one by one; slower. Neurons as with WIFN.</source>
        <translation>逐个静默头和层，较慢；神经元按 WIFN 评判。</translation>
    </message>
    <message>
        <source>No text is read.</source>
        <translation>不读取文本。</translation>
    </message>
    <message>
        <source>{model} ({dtype}, weights {weights}); {score}; {windows} windows of {length} tokens, seed {seed}; calibration {sha}; measured on {measured} other windows</source>
        <translation>{model}（{dtype}，权重 {weights}）；{score}；{windows} 个窗口，每个 {length} token，种子 {seed}；校准文本 {sha}；在另外 {measured} 个窗口上测量</translation>
    </message>
</context>
<context>
    <name>PruningPage</name>
    <message>
        <source>Pruning</source>
        <translation>剪枝</translation>
    </message>
    <message>
        <source>Move the slider and see what the model loses; every step can be undone.</source>
        <translation>移动滑块，看模型失去什么；每一步都可以撤销。</translation>
    </message>
    <message>
        <source>Prune and save…</source>
        <translation>剪枝并保存…</translation>
    </message>
    <message>
        <source>Kept among the methods</source>
        <translation>已放进方法列表</translation>
    </message>
    <message>
        <source>The ranking of the heads judges the parts now.</source>
        <translation>现在由头的排名来判断各部件。</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>Curves</source>
        <translation>曲线</translation>
    </message>
    <message>
        <source>Parts</source>
        <translation>部件</translation>
    </message>
    <message>
        <source>Score</source>
        <translation>得分</translation>
    </message>
    <message>
        <source>Outliers</source>
        <translation>离群特征</translation>
    </message>
    <message>
        <source>Prompts</source>
        <translation>提示</translation>
    </message>
    <message>
        <source>The slider cuts a copy of the model; the model itself stays whole.</source>
        <translation>滑块剪的是模型的副本；模型本身保持完整。</translation>
    </message>
    <message>
        <source>Several methods over many ratios; Stop keeps what is measured.</source>
        <translation>多种方法、多个比例；停止后测过的都保留。</translation>
    </message>
    <message>
        <source>Heads, neurons and layers that go as a whole: real gains.</source>
        <translation>头、神经元和层整个去掉：真正的收益。</translation>
    </message>
    <message>
        <source>The best (mode, u, a, group) for this model, at the slider&apos;s ratio.</source>
        <translation>在滑块的比例下，最适合这个模型的（模式、u、a、范围）。</translation>
    </message>
    <message>
        <source>Why magnitude fails on large models and Wanda does not.</source>
        <translation>为什么“按幅值”在大模型上失效，而 Wanda 不会。</translation>
    </message>
    <message>
        <source>Your prompts on the dense and the pruned model.</source>
        <translation>把您的提示交给稠密模型和剪枝模型。</translation>
    </message>
    <message>
        <source>Prune</source>
        <translation>剪枝</translation>
    </message>
    <message>
        <source>Measure curves</source>
        <translation>测量曲线</translation>
    </message>
    <message>
        <source>Cut and measure</source>
        <translation>剪去并测量</translation>
    </message>
    <message>
        <source>Find the best score</source>
        <translation>寻找最佳得分</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>测量</translation>
    </message>
    <message>
        <source>Ask both</source>
        <translation>都问一遍</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Dense or pruned</source>
        <translation>稠密或剪枝</translation>
    </message>
    <message>
        <source>Show or hide the settings</source>
        <translation>显示或隐藏设置</translation>
    </message>
</context>
<context>
    <name>Rail</name>
    <message>
        <source>Pages</source>
        <translation>页面</translation>
    </message>
    <message>
        <source>Menu</source>
        <translation>菜单</translation>
    </message>
    <message>
        <source>Lathe menu</source>
        <translation>Lathe 菜单</translation>
    </message>
    <message>
        <source>{page}  ·  Ctrl+{n}</source>
        <translation>{page}  ·  Ctrl+{n}</translation>
    </message>
</context>
<context>
    <name>RatioBar</name>
    <message>
        <source>Zero</source>
        <translation>置零</translation>
    </message>
    <message>
        <source>Share of the weights that are zero</source>
        <translation>为零的权重比例</translation>
    </message>
    <message>
        <source>dense</source>
        <translation>稠密</translation>
    </message>
    <message>
        <source>The copy whole again, bit for bit (D flips)</source>
        <translation>副本逐位恢复完整（D 键切换）</translation>
    </message>
    <message>
        <source>pruned</source>
        <translation>剪枝</translation>
    </message>
    <message>
        <source>The copy cut to the slider&apos;s ratio (D flips)</source>
        <translation>副本剪到滑块的比例（D 键切换）</translation>
    </message>
    <message>
        <source>perplexity –</source>
        <translation>困惑度 –</translation>
    </message>
    <message>
        <source>Looking at the model. The first time its libraries are loaded too: some seconds in which nothing can be stopped.</source>
        <translation>正在查看模型。首次还要加载所需的库：这几秒内无法停止。</translation>
    </message>
    <message>
        <source>Reading the calibration text…</source>
        <translation>正在读取校准文本…</translation>
    </message>
    <message>
        <source>perplexity …</source>
        <translation>困惑度 …</translation>
    </message>
    <message>
        <source>perplexity {a}</source>
        <translation>困惑度 {a}</translation>
    </message>
    <message>
        <source>perplexity {a} → {b}</source>
        <translation>困惑度 {a} → {b}</translation>
    </message>
    <message>
        <source>The slider stands still.</source>
        <translation>滑块已停下。</translation>
    </message>
    <message>
        <source>{pattern} fixes the ratio: Prune makes its zeros; the slider shows zeros anywhere</source>
        <translation>{pattern} 固定了比例：由“剪枝”按它置零；滑块显示任意位置的零</translation>
    </message>
    <message>
        <source>every weight as it was loaded · applied in {ms:.1f} ms</source>
        <translation>每个权重都与加载时相同 · 用时 {ms:.1f} 毫秒</translation>
    </message>
    <message>
        <source>{share} of {n} prunable weights are zero · applied in {ms:.1f} ms · calibration {sha}</source>
        <translation>{n} 个可剪权重中 {share} 为零 · 用时 {ms:.1f} 毫秒 · 校准文本 {sha}</translation>
    </message>
    <message>
        <source>Move the ratio</source>
        <translation>移动比例</translation>
    </message>
</context>
<context>
    <name>ReadingPanel</name>
    <message>
        <source>How texts are read</source>
        <translation>如何读文本</translation>
    </message>
    <message>
        <source>Cache</source>
        <translation>缓存</translation>
    </message>
    <message>
        <source>Attention</source>
        <translation>注意力</translation>
    </message>
    <message>
        <source>Tokens per pass</source>
        <translation>每次 token 数</translation>
    </message>
    <message>
        <source>One that cannot run here says why when you measure. A rule of attention, such as ReRoPE, always runs in its own.</source>
        <translation>无法在此运行的，测量时会说明原因。ReRoPE 等注意力规则始终用自己的实现。</translation>
    </message>
    <message>
        <source>all at once</source>
        <translation>一次读完</translation>
    </message>
    <message>
        <source>Long texts are read in passes: memory grows with them, answers stay the same</source>
        <translation>长文本分几次读：每次越长占内存越多，回答不变</translation>
    </message>
    <message>
        <source>Time every implementation</source>
        <translation>给每种实现计时</translation>
    </message>
    <message>
        <source>Each reads a text of every length; those that cannot run here say why</source>
        <translation>每种实现各读一段每个长度的文本；无法运行的会说明原因</translation>
    </message>
</context>
<context>
    <name>RecoverDialog</name>
    <message>
        <source>Bring back your work?</source>
        <translation>恢复您的工作？</translation>
    </message>
    <message>
        <source>Lathe did not close properly the last time.</source>
        <translation>Lathe 上次没有正常关闭。</translation>
    </message>
    <message>
        <source>Your pages were saved shortly before. You can continue from there.</source>
        <translation>您的页面在此前不久已保存，可以从那里继续。</translation>
    </message>
    <message>
        <source>Bring back</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Start fresh</source>
        <translation>重新开始</translation>
    </message>
</context>
<context>
    <name>ReplaceDialog</name>
    <message>
        <source>Replace the pruned model?</source>
        <translation>替换已剪枝的模型？</translation>
    </message>
    <message>
        <source>“{name}” holds a pruned model already.</source>
        <translation>“{name}”中已有一个剪枝后的模型。</translation>
    </message>
    <message>
        <source>It is lost as soon as the new one is whole; until then it stays.</source>
        <translation>新模型写完整之前它一直保留；之后即被替换，无法恢复。</translation>
    </message>
    <message>
        <source>Replace it</source>
        <translation>替换</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>Reports</name>
    <message>
        <source>Copied. The comparison itself is in {file}.</source>
        <translation>已复制。比较内容本身保存在 {file}。</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>Save the comparison</source>
        <translation>保存对比</translation>
    </message>
    <message>
        <source>Markdown (*.md)</source>
        <translation>Markdown (*.md)</translation>
    </message>
    <message>
        <source>HTML (*.html)</source>
        <translation>HTML (*.html)</translation>
    </message>
    <message>
        <source>JSON (*.json)</source>
        <translation>JSON (*.json)</translation>
    </message>
    <message>
        <source>CSV (*.csv)</source>
        <translation>CSV (*.csv)</translation>
    </message>
    <message>
        <source>Saved {name}</source>
        <translation>已保存 {name}</translation>
    </message>
</context>
<context>
    <name>ResultColumn</name>
    <message>
        <source>Exact text sent: {name}</source>
        <translation>实际发送的文本：{name}</translation>
    </message>
    <message>
        <source>Answer: {name}</source>
        <translation>回答：{name}</translation>
    </message>
    <message>
        <source>Ask this column again</source>
        <translation>重新提问此列</translation>
    </message>
    <message>
        <source>Verify alone: decode it by itself (batch 1) and compare the tokens</source>
        <translation>单独验证：以批大小 1 单独解码并比较 token</translation>
    </message>
    <message>
        <source>Copy the answer</source>
        <translation>复制回答</translation>
    </message>
    <message>
        <source>Pin: keep this column in the next run</source>
        <translation>固定：下次运行时保留此列</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>Copy as Markdown</source>
        <translation>复制为 Markdown</translation>
    </message>
    <message>
        <source>Copy as command</source>
        <translation>复制为命令</translation>
    </message>
    <message>
        <source>Copy the exact text sent</source>
        <translation>复制实际发送的文本</translation>
    </message>
    <message>
        <source>Copy where the numbers come from</source>
        <translation>复制数字的来源</translation>
    </message>
    <message>
        <source>Look inside</source>
        <translation>查看内部</translation>
    </message>
    <message>
        <source>See its positions</source>
        <translation>查看它的位置</translation>
    </message>
    <message>
        <source>Overlay with another column…</source>
        <translation>与另一列叠加…</translation>
    </message>
    <message>
        <source>Save this column…</source>
        <translation>保存此列…</translation>
    </message>
    <message>
        <source>Close column</source>
        <translation>关闭列</translation>
    </message>
</context>
<context>
    <name>Results</name>
    <message>
        <source>Each item counts by its vote.</source>
        <translation>每题按投票结果计。</translation>
    </message>
    <message>
        <source>Each item counts by its share of right samples ({n}).</source>
        <translation>每题按答对样本的比例计（{n} 个样本）。</translation>
    </message>
    <message>
        <source>Each item counts by its one answer.</source>
        <translation>每题按唯一的回答计。</translation>
    </message>
    <message>
        <source>Wilson&apos;s score interval</source>
        <translation>Wilson 得分区间</translation>
    </message>
    <message>
        <source>Newcombe&apos;s interval of a paired difference (method 10)</source>
        <translation>配对差异的 Newcombe 区间（方法 10）</translation>
    </message>
    <message>
        <source>paired bootstrap (BCa, 9,999 draws, seed 0)</source>
        <translation>配对自助法（BCa，9,999 次抽样，种子 0）</translation>
    </message>
    <message>
        <source>exact McNemar test, two-sided</source>
        <translation>精确 McNemar 检验，双侧</translation>
    </message>
    <message>
        <source>sign-flip test, two-sided</source>
        <translation>符号翻转检验，双侧</translation>
    </message>
    <message>
        <source>Nothing is scored: all its answers failed.</source>
        <translation>没有评分：它的所有回答都失败了。</translation>
    </message>
    <message>
        <source>Nothing is scored: no item has an expected answer.</source>
        <translation>没有计分：没有题目带有标准答案。</translation>
    </message>
    <message>
        <source>{name}: {right:g} of {n} items right ({share:.1f} %)</source>
        <translation>{name}：{n} 题中答对 {right:g} 题（{share:.1f}%）</translation>
    </message>
    <message>
        <source>95 % interval {low:.1f} to {high:.1f} %: {method}</source>
        <translation>95% 区间 {low:.1f} 至 {high:.1f}%：{method}</translation>
    </message>
    <message>
        <source>Answers read by “{rule}”: {n}, without a readable answer: {invalid}</source>
        <translation>按“{rule}”读取的回答：{n} 个，其中读不出答案：{invalid} 个</translation>
    </message>
    <message>
        <source>Not asked because of an error: {n}</source>
        <translation>因错误未能提问：{n}</translation>
    </message>
    <message>
        <source>Interval: {method}</source>
        <translation>区间：{method}</translation>
    </message>
    <message>
        <source>Test: {method}</source>
        <translation>检验：{method}</translation>
    </message>
    <message>
        <source>Both right {both} · neither {neither} · differ {n}</source>
        <translation>都对 {both} · 都错 {neither} · 不同 {n}</translation>
    </message>
    <message>
        <source>p {p}, after Holm&apos;s correction for {pairs} pairs {holm}</source>
        <translation>p {p}，对 {pairs} 对做 Holm 校正后 {holm}</translation>
    </message>
    <message>
        <source>{low} to {high}</source>
        <translation>{low} 至 {high}</translation>
    </message>
    <message>
        <source>{name}: {share:.1f} % ({low:.1f} to {high:.1f}), {n} items</source>
        <translation>{name}：{share:.1f}%（{low:.1f} 至 {high:.1f}），{n} 题</translation>
    </message>
</context>
<context>
    <name>ResultsBar</name>
    <message>
        <source>Tint: probability</source>
        <translation>着色：概率</translation>
    </message>
    <message>
        <source>Tint: entropy</source>
        <translation>着色：熵</translation>
    </message>
    <message>
        <source>No tint</source>
        <translation>不着色</translation>
    </message>
    <message>
        <source>What the tint of the tokens shows</source>
        <translation>token 着色的含义</translation>
    </message>
    <message>
        <source>Lay two columns over each other and mark where they first part</source>
        <translation>将两列叠加并标出首个分歧处</translation>
    </message>
    <message>
        <source>Save or copy the whole comparison</source>
        <translation>保存或复制整个对比</translation>
    </message>
    <message>
        <source>Overlay</source>
        <translation>叠加</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>no model</source>
        <translation>无模型</translation>
    </message>
    <message>
        <source>{model} + {n} more</source>
        <translation>{model} 等 {n} 个</translation>
    </message>
    <message>
        <source>Models to ask: {names}</source>
        <translation>要提问的模型：{names}</translation>
    </message>
    <message>
        <source>Greedy · at most {n} tokens</source>
        <translation>贪心 · 最多 {n} 个 token</translation>
    </message>
    <message>
        <source>T = {t:g} · at most {n} tokens</source>
        <translation>T = {t:g} · 最多 {n} 个 token</translation>
    </message>
    <message>
        <source>Sampling: temperature, top-k, top-p, min-p, stop, seed</source>
        <translation>采样：温度、top-k、top-p、min-p、停止、种子</translation>
    </message>
    <message>
        <source>{model} (the bench&apos;s model)</source>
        <translation>{model}（工作台当前模型）</translation>
    </message>
    <message>
        <source>No other model on this computer</source>
        <translation>本机没有其他模型</translation>
    </message>
    <message>
        <source>It reads text but does not continue it, so it has no answer to compare.</source>
        <translation>该模型只能读取文本，不能续写，因此没有可供比较的回答。</translation>
    </message>
    <message>
        <source>At most {n} models are asked at once.</source>
        <translation>一次最多询问 {n} 个模型。</translation>
    </message>
    <message>
        <source>Save as Markdown…</source>
        <translation>保存为 Markdown…</translation>
    </message>
    <message>
        <source>Save as HTML…</source>
        <translation>保存为 HTML…</translation>
    </message>
    <message>
        <source>Save as JSON…</source>
        <translation>保存为 JSON…</translation>
    </message>
    <message>
        <source>Save as CSV…</source>
        <translation>保存为 CSV…</translation>
    </message>
    <message>
        <source>Copy as Markdown</source>
        <translation>复制为 Markdown</translation>
    </message>
    <message>
        <source>Copy as command</source>
        <translation>复制为命令</translation>
    </message>
</context>
<context>
    <name>ResultsPanel</name>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>Run the set, and the verdicts appear here.</source>
        <translation>运行测试集，结论会显示在这里。</translation>
    </message>
    <message>
        <source>The first figures come with the first answers.</source>
        <translation>有了第一批回答，就会有第一批数字。</translation>
    </message>
    <message>
        <source>Judged by “{rule}” · {n:,} answers</source>
        <translation>按“{rule}”判分 · {n:,} 个回答</translation>
    </message>
    <message>
        <source>Judged by “{rule}” · {n:,} answers so far</source>
        <translation>按“{rule}”判分 · 目前 {n:,} 个回答</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>准确率</translation>
    </message>
    <message>
        <source>Pairs</source>
        <translation>两两比较</translation>
    </message>
    <message>
        <source>Back to the run&apos;s own rule</source>
        <translation>恢复运行时的规则</translation>
    </message>
    <message>
        <source>Copy as command</source>
        <translation>复制为命令</translation>
    </message>
    <message>
        <source>Other rules on the same answers</source>
        <translation>用其他规则读同样的回答</translation>
    </message>
    <message>
        <source>Votes and stability</source>
        <translation>投票与稳定性</translation>
    </message>
    <message>
        <source>Copied. The comparison itself is in {file}.</source>
        <translation>已复制。对比内容保存在 {file}。</translation>
    </message>
</context>
<context>
    <name>RotationCharts</name>
    <message>
        <source>⟨f(q, m), f(k, n)⟩ depends on m − n alone</source>
        <translation>⟨f(q, m), f(k, n)⟩ 只取决于 m − n</translation>
    </message>
    <message>
        <source>m − n</source>
        <translation>m − n</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>token</translation>
    </message>
    <message>
        <source>score</source>
        <translation>分数</translation>
    </message>
    <message>
        <source>closed formula</source>
        <translation>公式</translation>
    </message>
    <message>
        <source>measured at every m and n</source>
        <translation>在每个 m、n 处测得</translation>
    </message>
    <message>
        <source>n = {cells} pairs of positions; cells of equal m − n differ by at most {e}</source>
        <translation>n = {cells} 对位置；m − n 相同的格最多相差 {e}</translation>
    </message>
    <message>
        <source>Score against distance</source>
        <translation>分数与距离</translation>
    </message>
    <message>
        <source>distance</source>
        <translation>距离</translation>
    </message>
    <message>
        <source>envelope</source>
        <translation>包络</translation>
    </message>
    <message>
        <source>mean q with mean k</source>
        <translation>平均 q 与平均 k</translation>
    </message>
    <message>
        <source>mean of this text</source>
        <translation>这段文本的均值</translation>
    </message>
    <message>
        <source>trained</source>
        <translation>训练长度</translation>
    </message>
    <message>
        <source>n = {cells} visible cells. Envelope: mean |Σ e^(i·distance·θ)|, scaled to the largest mean.</source>
        <translation>n = {cells} 个可见格。包络：|Σ e^(i·距离·θ)| 的均值，按最大均值缩放。</translation>
    </message>
</context>
<context>
    <name>RotationView</name>
    <message>
        <source>Pair {n}</source>
        <translation>第 {n} 对</translation>
    </message>
    <message>
        <source>λ {n} tokens</source>
        <translation>λ {n} token</translation>
    </message>
    <message>
        <source>Query</source>
        <translation>查询</translation>
    </message>
    <message>
        <source>Token of the query</source>
        <translation>查询的 token</translation>
    </message>
    <message>
        <source>Position of the query, m</source>
        <translation>查询的位置 m</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>键</translation>
    </message>
    <message>
        <source>Token of the key</source>
        <translation>键的 token</translation>
    </message>
    <message>
        <source>Position of the key, n</source>
        <translation>键的位置 n</translation>
    </message>
    <message>
        <source>Keep their distance</source>
        <translation>保持距离</translation>
    </message>
    <message>
        <source>Both move together: every dial turns, and no product changes.</source>
        <translation>两者一起移动：每个转盘都转，乘积却不变。</translation>
    </message>
    <message>
        <source>Spread over all</source>
        <translation>均匀选取</translation>
    </message>
    <message>
        <source>Fastest</source>
        <translation>最快的</translation>
    </message>
    <message>
        <source>Slowest</source>
        <translation>最慢的</translation>
    </message>
    <message>
        <source>Strongest here</source>
        <translation>这里最强的</translation>
    </message>
    <message>
        <source>No overlay</source>
        <translation>不叠加</translation>
    </message>
    <message>
        <source>Overlay on the dials</source>
        <translation>转盘上的叠加</translation>
    </message>
    <message>
        <source>Dashed hands: the same vectors under a preset, by the factor of Stretching</source>
        <translation>虚线：同样的向量在某种预设之下，倍数取自“拉长”</translation>
    </message>
    <message>
        <source>Pairs</source>
        <translation>维度对</translation>
    </message>
    <message>
        <source>Numbers of the pairs</source>
        <translation>维度对的编号</translation>
    </message>
    <message>
        <source>Numbers from 0 (fastest), separated by spaces</source>
        <translation>从 0（最快）数起的编号，用空格隔开</translation>
    </message>
    <message>
        <source>Queries and keys turn with their positions</source>
        <translation>查询和键随位置转动</translation>
    </message>
    <message>
        <source>Thin: before rotation. Arc: how far the position has turned it. The real vectors of the two tokens.</source>
        <translation>细线：旋转之前。弧：位置把它转了多远。这是两个 token 的真实向量。</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>播放</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>一步</translation>
    </message>
    <message>
        <source>Walk the query through the text</source>
        <translation>让查询走过这段文本</translation>
    </message>
    <message>
        <source>The system asks for no motion: one token at a time</source>
        <translation>系统要求不要动画：一次走一个 token</translation>
    </message>
    <message>
        <source>m − n = {distance}   shown pairs {part}   all {count} pairs {whole}</source>
        <translation>m − n = {distance}   所示各对 {part}   全部 {count} 对 {whole}</translation>
    </message>
    <message>
        <source>Save as GIF…</source>
        <translation>保存为 GIF…</translation>
    </message>
</context>
<context>
    <name>RowDetails</name>
    <message>
        <source>One layer, from the tokens up</source>
        <translation>一层的结构，自下而上</translation>
    </message>
    <message>
        <source>Who sees whom</source>
        <translation>谁看到谁</translation>
    </message>
    <message>
        <source>Where its weights are</source>
        <translation>权重分布</translation>
    </message>
    <message>
        <source>Put to the test</source>
        <translation>检验结果</translation>
    </message>
    <message>
        <source>To know</source>
        <translation>须知</translation>
    </message>
    <message>
        <source>Rows: outputs, columns: tokens. Hatched: no influence.</source>
        <translation>行：输出，列：token。斜线：无影响。</translation>
    </message>
    <message>
        <source>The first {n} tokens are the prompt.</source>
        <translation>前 {n} 个 token 是提示词。</translation>
    </message>
    <message>
        <source>{n} of {total} weights of the small model {name}</source>
        <translation>小模型 {name} 的 {total} 个权重中的 {n} 个</translation>
    </message>
    <message>
        <source>change {error:.2g}</source>
        <translation>变化 {error:.2g}</translation>
    </message>
    <message>
        <source>exactly</source>
        <translation>完全一致</translation>
    </message>
    <message>
        <source>error {error:.0e}</source>
        <translation>误差 {error:.0e}</translation>
    </message>
    <message>
        <source>half</source>
        <translation>部分</translation>
    </message>
    <message>
        <source>block</source>
        <translation>块</translation>
    </message>
    <message>
        <source>inside</source>
        <translation>内部</translation>
    </message>
</context>
<context>
    <name>RowsModel</name>
    <message>
        <source>buckets</source>
        <translation>分桶</translation>
    </message>
    <message>
        <source>{sign} {held} of {total}</source>
        <translation>{sign} {held} / {total}</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Mask</source>
        <translation>掩码</translation>
    </message>
    <message>
        <source>Claims</source>
        <translation>检验</translation>
    </message>
    <message>
        <source>Measured: which token&apos;s change moves which output</source>
        <translation>实测：改变哪个 token 会使哪个输出变化</translation>
    </message>
    <message>
        <source>What the row says, put to its running model</source>
        <translation>用运行中的模型检验该行的说法</translation>
    </message>
</context>
<context>
    <name>RowsTable</name>
    <message>
        <source>Models of the textbook and more</source>
        <translation>教材中的模型及其他</translation>
    </message>
</context>
<context>
    <name>Rules</name>
    <message>
        <source>last stated answer</source>
        <translation>最后陈述的答案</translation>
    </message>
    <message>
        <source>first stated answer</source>
        <translation>最先陈述的答案</translation>
    </message>
    <message>
        <source>last number</source>
        <translation>最后一个数字</translation>
    </message>
    <message>
        <source>number after ####</source>
        <translation>#### 之后的数字</translation>
    </message>
    <message>
        <source>last number, GSM8K style</source>
        <translation>最后一个数字（GSM8K 方式）</translation>
    </message>
    <message>
        <source>option letter</source>
        <translation>选项字母</translation>
    </message>
    <message>
        <source>yes or no</source>
        <translation>是或否</translation>
    </message>
    <message>
        <source>whole answer</source>
        <translation>整个回答</translation>
    </message>
    <message>
        <source>the set&apos;s own checks</source>
        <translation>数据集自带的检查</translation>
    </message>
    <message>
        <source>two-stage (Kojima)</source>
        <translation>两阶段（Kojima）</translation>
    </message>
    <message>
        <source>label by likelihood</source>
        <translation>按似然选标签</translation>
    </message>
</context>
<context>
    <name>RulesView</name>
    <message>
        <source>Extraction rules</source>
        <translation>提取规则</translation>
    </message>
    <message>
        <source>Judge by this rule</source>
        <translation>按此规则判分</translation>
    </message>
    <message>
        <source>All figures above follow; the model is not asked again</source>
        <translation>上面的所有数字随之更新；不会再次询问模型</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Bar: accuracy · ∅: answers in which the rule finds nothing · bold: decides now</source>
        <translation>条形：准确率 · ∅：规则什么也没找到的回答 · 粗体：当前判分规则</translation>
    </message>
    <message>
        <source>Rule</source>
        <translation>规则</translation>
    </message>
    <message>
        <source>Accuracy, and the share of answers without a readable one</source>
        <translation>准确率，以及读不出答案的回答比例</translation>
    </message>
    <message>
        <source>Every rule reads the same answers; nothing is asked again.</source>
        <translation>每条规则读的是同样的回答；不会再次询问模型。</translation>
    </message>
    <message>
        <source>The rule alone moves {name} by up to {n:.0f} points; nothing is asked again.</source>
        <translation>仅仅换规则，{name} 就最多相差 {n:.0f} 个百分点；不会再次询问模型。</translation>
    </message>
</context>
<context>
    <name>RunFilters</name>
    <message>
        <source>Any model</source>
        <translation>任意模型</translation>
    </message>
    <message>
        <source>Any kind</source>
        <translation>任意类型</translation>
    </message>
    <message>
        <source>Search prompts, questions, answers, titles and notes</source>
        <translation>搜索提示词、问题、回答、标题和备注</translation>
    </message>
    <message>
        <source>Search in all runs</source>
        <translation>在所有运行中搜索</translation>
    </message>
    <message>
        <source>Archived</source>
        <translation>已归档</translation>
    </message>
    <message>
        <source>Can be resumed</source>
        <translation>可以继续</translation>
    </message>
    <message>
        <source>Any status</source>
        <translation>任意状态</translation>
    </message>
    <message>
        <source>Last day</source>
        <translation>最近一天</translation>
    </message>
    <message>
        <source>Last 7 days</source>
        <translation>最近 7 天</translation>
    </message>
    <message>
        <source>Last 30 days</source>
        <translation>最近 30 天</translation>
    </message>
    <message>
        <source>Last year</source>
        <translation>最近一年</translation>
    </message>
    <message>
        <source>Any time</source>
        <translation>任意时间</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>开始时间</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类型</translation>
    </message>
</context>
<context>
    <name>RunList</name>
    <message>
        <source>Stored runs</source>
        <translation>已保存的运行</translation>
    </message>
    <message>
        <source>No run fits the search and the filters.</source>
        <translation>没有运行符合搜索和筛选条件。</translation>
    </message>
    <message>
        <source>1 run</source>
        <translation>1 次运行</translation>
    </message>
    <message>
        <source>{n} runs</source>
        <translation>{n} 次运行</translation>
    </message>
    <message>
        <source>{n} of {m} runs</source>
        <translation>{m} 次运行中的 {n} 次</translation>
    </message>
</context>
<context>
    <name>RunPanel</name>
    <message>
        <source>A title of your own</source>
        <translation>自定义标题</translation>
    </message>
    <message>
        <source>Title of the run</source>
        <translation>运行的标题</translation>
    </message>
    <message>
        <source>Tags, separated by commas</source>
        <translation>标签，用逗号分隔</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>A note to this run</source>
        <translation>给这次运行写备注</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>The question that is shown here, and that opens in Compare</source>
        <translation>此处显示、并会在“对比”中打开的问题</translation>
    </message>
    <message>
        <source>Figures</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>提示词</translation>
    </message>
    <message>
        <source>What was asked</source>
        <translation>提问内容</translation>
    </message>
    <message>
        <source>Where the numbers come from</source>
        <translation>数字的来源</translation>
    </message>
    <message>
        <source>{n} answers</source>
        <translation>{n} 个回答</translation>
    </message>
    <message>
        <source>1 answer</source>
        <translation>1 个回答</translation>
    </message>
    <message>
        <source>1 answer failed: {reason}</source>
        <translation>1 个回答失败：{reason}</translation>
    </message>
    <message>
        <source>{n} answers failed: {reason}</source>
        <translation>{n} 个回答失败：{reason}</translation>
    </message>
    <message>
        <source>Technique</source>
        <translation>方法</translation>
    </message>
    <message>
        <source>Right</source>
        <translation>正确</translation>
    </message>
    <message>
        <source>No answer</source>
        <translation>无答案</translation>
    </message>
    <message>
        <source>No answer: the rule found none in what the model wrote.</source>
        <translation>无答案：规则在模型输出中没有找到答案。</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>准确率</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>token 数</translation>
    </message>
</context>
<context>
    <name>RunsPage</name>
    <message>
        <source>Runs</source>
        <translation>运行记录</translation>
    </message>
    <message>
        <source>Every answer is kept: find it, compare it, open it again.</source>
        <translation>每个回答都会保存：可以查找、比较、重新打开。</translation>
    </message>
    <message>
        <source>Open in Compare</source>
        <translation>在“对比”中打开</translation>
    </message>
    <message>
        <source>Prompt, settings and answers as they were</source>
        <translation>按原样恢复提示词、设置和回答</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Ask what is missing; finished answers are kept</source>
        <translation>只补问缺少的部分，已完成的回答保留</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Copy as command</source>
        <translation>复制为命令</translation>
    </message>
    <message>
        <source>Search in all runs</source>
        <translation>在所有运行中搜索</translation>
    </message>
    <message>
        <source>Show every run</source>
        <translation>显示全部运行</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>刷新</translation>
    </message>
    <message>
        <source>Compare something</source>
        <translation>去做一次对比</translation>
    </message>
    <message>
        <source>Nothing was asked yet. Every comparison is kept here.</source>
        <translation>还没有提问。每次对比都会保存在这里。</translation>
    </message>
    <message>
        <source>{n} runs are selected.</source>
        <translation>已选中 {n} 次运行。</translation>
    </message>
    <message>
        <source>Choose a run; choose two to compare them.</source>
        <translation>选择一次运行；选择两次即可比较。</translation>
    </message>
    <message>
        <source>In safe mode nothing is kept, and earlier runs stay as they are.</source>
        <translation>安全模式下不保存任何内容，以前的运行保持原样。</translation>
    </message>
    <message>
        <source>The run goes on; what it has is kept.</source>
        <translation>运行继续进行，已有的结果保留。</translation>
    </message>
    <message>
        <source>Take out of the archive</source>
        <translation>移出归档</translation>
    </message>
    <message>
        <source>Archive</source>
        <translation>归档</translation>
    </message>
    <message>
        <source>{n} runs deleted</source>
        <translation>已删除 {n} 次运行</translation>
    </message>
    <message>
        <source>Run deleted</source>
        <translation>已删除该运行</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>Copied. The comparison itself is in {file}.</source>
        <translation>已复制。对比内容本身保存在 {file}。</translation>
    </message>
    <message>
        <source>Web page (*.html)</source>
        <translation>网页 (*.html)</translation>
    </message>
    <message>
        <source>Markdown (*.md)</source>
        <translation>Markdown (*.md)</translation>
    </message>
    <message>
        <source>Table (*.csv)</source>
        <translation>表格 (*.csv)</translation>
    </message>
    <message>
        <source>JSON lines, lossless (*.jsonl)</source>
        <translation>JSON Lines，无损 (*.jsonl)</translation>
    </message>
    <message>
        <source>JSON (*.json)</source>
        <translation>JSON (*.json)</translation>
    </message>
    <message>
        <source>promptfoo results (*.promptfoo.json)</source>
        <translation>promptfoo 结果 (*.promptfoo.json)</translation>
    </message>
    <message>
        <source>Export the run</source>
        <translation>导出运行</translation>
    </message>
    <message>
        <source>Saved {name}</source>
        <translation>已保存 {name}</translation>
    </message>
</context>
<context>
    <name>RunsTable</name>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Answers</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>开始时间</translation>
    </message>
    <message>
        <source>Took</source>
        <translation>用时</translation>
    </message>
    <message>
        <source>1 answer failed</source>
        <translation>1 个回答失败</translation>
    </message>
    <message>
        <source>{n} answers failed</source>
        <translation>{n} 个回答失败</translation>
    </message>
</context>
<context>
    <name>RunsWords</name>
    <message>
        <source>running</source>
        <translation>运行中</translation>
    </message>
    <message>
        <source>finished</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>interrupted</source>
        <translation>已中断</translation>
    </message>
    <message>
        <source>Comparison</source>
        <translation>对比</translation>
    </message>
    <message>
        <source>Why: parts of the prompt</source>
        <translation>为什么：提示词各部分</translation>
    </message>
    <message>
        <source>Why: prompts and answers swapped</source>
        <translation>为什么：提示词与答案互换</translation>
    </message>
    <message>
        <source>Why: order of the examples</source>
        <translation>为什么：示例顺序</translation>
    </message>
    <message>
        <source>Why: states of a model</source>
        <translation>为什么：模型的不同状态</translation>
    </message>
    <message>
        <source>{n} of {m}</source>
        <translation>{n} / {m}</translation>
    </message>
    <message>
        <source>today {time}</source>
        <translation>今天 {time}</translation>
    </message>
    <message>
        <source>yesterday {time}</source>
        <translation>昨天 {time}</translation>
    </message>
    <message>
        <source>Questions</source>
        <translation>问题数</translation>
    </message>
    <message>
        <source>Techniques</source>
        <translation>方法</translation>
    </message>
    <message>
        <source>Answers read by</source>
        <translation>答案提取规则</translation>
    </message>
    <message>
        <source>Batch size</source>
        <translation>批大小</translation>
    </message>
    <message>
        <source>greedy: always the likeliest token</source>
        <translation>贪心：总取最可能的 token</translation>
    </message>
    <message>
        <source>temperature {t:g}</source>
        <translation>温度 {t:g}</translation>
    </message>
    <message>
        <source>repetition penalty</source>
        <translation>重复惩罚</translation>
    </message>
    <message>
        <source>Sampling</source>
        <translation>采样</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>Answers per question</source>
        <translation>每题回答数</translation>
    </message>
    <message>
        <source>Longest answer</source>
        <translation>最长回答</translation>
    </message>
    <message>
        <source>{n} tokens</source>
        <translation>{n} 个 token</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Revision</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>Weights (SHA-256)</source>
        <translation>权重 (SHA-256)</translation>
    </message>
    <message>
        <source>Edits</source>
        <translation>修改</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Number format</source>
        <translation>数值格式</translation>
    </message>
    <message>
        <source>Quantisation</source>
        <translation>量化</translation>
    </message>
    <message>
        <source>Attention</source>
        <translation>注意力实现</translation>
    </message>
    <message>
        <source>Packages</source>
        <translation>软件包</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>Stop texts</source>
        <translation>停止文本</translation>
    </message>
</context>
<context>
    <name>SamplingPanel</name>
    <message>
        <source>Sampling</source>
        <translation>采样</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>0 = always the likeliest token (greedy); higher = more varied. 0 to 10.</source>
        <translation>0 = 始终取最可能的 token（贪心）；越高越多样。0 到 10。</translation>
    </message>
    <message>
        <source>Top-k</source>
        <translation>Top-k</translation>
    </message>
    <message>
        <source>Keep the k likeliest tokens; 0 = all.</source>
        <translation>保留最可能的 k 个 token；0 = 全部。</translation>
    </message>
    <message>
        <source>Top-p</source>
        <translation>Top-p</translation>
    </message>
    <message>
        <source>Keep the smallest set with this probability mass; 1 = all.</source>
        <translation>保留达到此概率质量的最小集合；1 = 全部。</translation>
    </message>
    <message>
        <source>Min-p</source>
        <translation>Min-p</translation>
    </message>
    <message>
        <source>Drop tokens below this share of the likeliest one; 0 = none.</source>
        <translation>丢弃概率低于最可能者此比例的 token；0 = 不丢弃。</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>Columns of one question share their random numbers.</source>
        <translation>同一问题的各列共用随机数。</translation>
    </message>
    <message>
        <source>Repetition penalty</source>
        <translation>重复惩罚</translation>
    </message>
    <message>
        <source>Divides the scores of tokens already there; 1 = none.</source>
        <translation>降低已出现 token 的分数；1 = 无。</translation>
    </message>
    <message>
        <source>Longest answer</source>
        <translation>最长回答</translation>
    </message>
    <message>
        <source>Upper bound of the answer&apos;s length, in tokens.</source>
        <translation>回答长度的上限（token）。</translation>
    </message>
    <message>
        <source>Stop texts</source>
        <translation>停止文本</translation>
    </message>
    <message>
        <source>The answer ends before any of these; several are separated by |.</source>
        <translation>回答在遇到其中任一文本前结束；多个用 | 分隔。</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>token</translation>
    </message>
    <message>
        <source>all</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>e.g. \n\n | Q:</source>
        <translation>例如 \n\n | Q:</translation>
    </message>
    <message>
        <source>Greedy: top-k, top-p, min-p and the seed do nothing.</source>
        <translation>贪心：top-k、top-p、min-p 和种子不起作用。</translation>
    </message>
    <message>
        <source>Back to defaults</source>
        <translation>恢复默认</translation>
    </message>
</context>
<context>
    <name>Saving</name>
    <message>
        <source>Folder for the pruned model</source>
        <translation>存放剪枝模型的文件夹</translation>
    </message>
    <message>
        <source>The model is being pruned already. Save it when that has ended, or stop it.</source>
        <translation>模型正在剪枝。请等它结束后再保存，或先停止它。</translation>
    </message>
    <message>
        <source>Saved in {folder}</source>
        <translation>已保存到 {folder}</translation>
    </message>
    <message>
        <source>Open it</source>
        <translation>打开</translation>
    </message>
</context>
<context>
    <name>ScoreSettings</name>
    <message>
        <source>Slider: {formula}</source>
        <translation>滑块：{formula}</translation>
    </message>
    <message>
        <source>Forget “{name}”</source>
        <translation>删除“{name}”</translation>
    </message>
    <message>
        <source>Relative to</source>
        <translation>相对于</translation>
    </message>
    <message>
        <source>Exponent of |W|</source>
        <translation>|W| 的指数</translation>
    </message>
    <message>
        <source>Exponent of ‖X‖</source>
        <translation>‖X‖ 的指数</translation>
    </message>
    <message>
        <source>Compared</source>
        <translation>比较范围</translation>
    </message>
    <message>
        <source>Score</source>
        <translation>得分</translation>
    </message>
    <message>
        <source>Name of this score</source>
        <translation>这个得分的名称</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>Keep this score among the methods</source>
        <translation>把这个得分放进方法列表</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>无</translation>
    </message>
    <message>
        <source>its row and column</source>
        <translation>所在行和列</translation>
    </message>
    <message>
        <source>within a row</source>
        <translation>行内</translation>
    </message>
    <message>
        <source>in the whole matrix</source>
        <translation>整个矩阵</translation>
    </message>
</context>
<context>
    <name>Session</name>
    <message>
        <source>The saved state of “{name}” could not be brought back.</source>
        <translation>无法恢复“{name}”保存的状态。</translation>
    </message>
</context>
<context>
    <name>SetFiles</name>
    <message>
        <source>Import a data set</source>
        <translation>导入数据集</translation>
    </message>
    <message>
        <source>Data sets ({patterns})</source>
        <translation>数据集 ({patterns})</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>Save the items</source>
        <translation>保存题目</translation>
    </message>
    <message>
        <source>The items were saved as a set.</source>
        <translation>题目已保存为数据集。</translation>
    </message>
</context>
<context>
    <name>SettingField</name>
    <message>
        <source>{least} to {most} {unit}; normally {default}</source>
        <translation>{least} 到 {most} {unit}；默认 {default}</translation>
    </message>
</context>
<context>
    <name>Settings</name>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>Colours of the window; changes at once.</source>
        <translation>窗口的颜色；立即生效。</translation>
    </message>
    <message>
        <source>Follow the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Language of the window; changes at once.</source>
        <translation>窗口的语言；立即生效。</translation>
    </message>
    <message>
        <source>Text size</source>
        <translation>文字大小</translation>
    </message>
    <message>
        <source>Times the system&apos;s text size, 0.8 to 2.0.</source>
        <translation>系统文字大小的倍数，0.8 到 2.0。</translation>
    </message>
    <message>
        <source>×</source>
        <translation>×</translation>
    </message>
    <message>
        <source>Moving pictures</source>
        <translation>动画</translation>
    </message>
    <message>
        <source>Whether dials and wheels may turn by themselves.</source>
        <translation>转盘和数轮是否可以自己转动。</translation>
    </message>
    <message>
        <source>On</source>
        <translation>开</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>关</translation>
    </message>
    <message>
        <source>Model folders</source>
        <translation>模型文件夹</translation>
    </message>
    <message>
        <source>More folders in which to look for models.</source>
        <translation>另外查找模型的文件夹。</translation>
    </message>
    <message>
        <source>Hub mirror</source>
        <translation>Hub 镜像</translation>
    </message>
    <message>
        <source>Address of a mirror, beginning with https://. Empty = the hub itself.</source>
        <translation>镜像地址，以 https:// 开头。留空 = hub 本身。</translation>
    </message>
    <message>
        <source>Hub token</source>
        <translation>Hub 令牌</translation>
    </message>
    <message>
        <source>For private models and those with terms to accept. It is kept in a file of its own that only you can read, and sent to the hub alone, never to a mirror.</source>
        <translation>用于私有模型和需要先接受条款的模型。它保存在只有您能读取的单独文件中，只发送给 Hub，绝不发送给镜像站。</translation>
    </message>
    <message>
        <source>Load the model at start</source>
        <translation>启动时加载模型</translation>
    </message>
    <message>
        <source>Loads the last model in the background once the window is shown.</source>
        <translation>窗口显示后在后台加载上次的模型。</translation>
    </message>
    <message>
        <source>Unload when idle</source>
        <translation>空闲时卸载</translation>
    </message>
    <message>
        <source>Frees a model&apos;s memory after this many minutes without use; 0 = never.</source>
        <translation>闲置这么多分钟后释放模型内存；0 = 从不。</translation>
    </message>
    <message>
        <source>min</source>
        <translation>分钟</translation>
    </message>
    <message>
        <source>Autosave every</source>
        <translation>自动保存间隔</translation>
    </message>
    <message>
        <source>Your work is also saved shortly after each change and on exit.</source>
        <translation>每次更改后不久以及退出时也会保存。</translation>
    </message>
    <message>
        <source>s</source>
        <translation>秒</translation>
    </message>
    <message>
        <source>Continue where I left off</source>
        <translation>从上次离开处继续</translation>
    </message>
    <message>
        <source>Brings back pages, prompts and the model chosen.</source>
        <translation>恢复页面、提示词和所选模型。</translation>
    </message>
    <message>
        <source>Ask before closing while jobs run</source>
        <translation>有任务运行时关闭前询问</translation>
    </message>
    <message>
        <source>Closing stops running jobs; finished parts are kept.</source>
        <translation>关闭会停止运行中的任务；已完成的部分会保留。</translation>
    </message>
    <message>
        <source>Log stalls longer than</source>
        <translation>记录超过此时长的卡顿</translation>
    </message>
    <message>
        <source>When the window does not answer for so long, the log says where; 0 = off.</source>
        <translation>窗口无响应超过此时长时，日志会记录位置；0 = 关闭。</translation>
    </message>
    <message>
        <source>ms</source>
        <translation>毫秒</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Session</source>
        <translation>会话</translation>
    </message>
    <message>
        <source>Diagnostics</source>
        <translation>诊断</translation>
    </message>
</context>
<context>
    <name>SetupPanel</name>
    <message>
        <source>Score</source>
        <translation>得分</translation>
    </message>
    <message>
        <source>Sharing the zeros</source>
        <translation>零的分配</translation>
    </message>
    <message>
        <source>Calibration text</source>
        <translation>校准文本</translation>
    </message>
    <message>
        <source>Measured on</source>
        <translation>测量文本</translation>
    </message>
    <message>
        <source>Saving</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>What for</source>
        <translation>用途</translation>
    </message>
    <message>
        <source>Methods</source>
        <translation>方法</translation>
    </message>
    <message>
        <source>Lengths</source>
        <translation>长度</translation>
    </message>
    <message>
        <source>Keys hidden in filler</source>
        <translation>藏在填充文本里的密码</translation>
    </message>
    <message>
        <source>How far</source>
        <translation>多长</translation>
    </message>
    <message>
        <source>Perplexity on</source>
        <translation>困惑度所用文本</translation>
    </message>
    <message>
        <source>Factor</source>
        <translation>倍数</translation>
    </message>
    <message>
        <source>Most keys</source>
        <translation>最多密码数</translation>
    </message>
    <message>
        <source>Per text</source>
        <translation>每篇文本</translation>
    </message>
    <message>
        <source>End at width</source>
        <translation>区间宽度到</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Windows</source>
        <translation>窗口数</translation>
    </message>
    <message>
        <source>Tokens scored</source>
        <translation>计分 token 数</translation>
    </message>
    <message>
        <source>Times the trained length (4x) or tokens (1536), separated by commas</source>
        <translation>训练长度的倍数（4x）或 token 数（1536），用逗号隔开</translation>
    </message>
    <message>
        <source>as each length needs</source>
        <translation>按各长度所需</translation>
    </message>
    <message>
        <source>Stretch of every method, whatever the length</source>
        <translation>所有方法的拉伸倍数，与长度无关</translation>
    </message>
    <message>
        <source>Keys asked for per method and length; 0 = none</source>
        <translation>每种方法、每个长度询问的密码数；0 = 不问</translation>
    </message>
    <message>
        <source>They share what is read: many keys in one text cost little more than one</source>
        <translation>它们共用读过的内容：一篇文本里多个密码只比一个略贵</translation>
    </message>
    <message>
        <source>A cell ends once its 95 % interval is so narrow; 0 = never</source>
        <translation>95 % 区间窄到这个程度时该格结束；0 = 从不</translation>
    </message>
    <message>
        <source>At the end of each window; the tokens before are its context</source>
        <translation>在每个窗口的末尾；之前的 token 是它的上下文</translation>
    </message>
    <message>
        <source>Divisors, one per pair of dimensions</source>
        <translation>除数，每个维度对一个</translation>
    </message>
    <message>
        <source>Search divisors</source>
        <translation>搜索除数</translation>
    </message>
    <message>
        <source>24 lists are tried on keys hidden in a text as long as the factor says (4 where each length has its own); the best one is filled in</source>
        <translation>在倍数所定长度的文本里藏入密码，试 24 个列表（若按各长度所需则取 4 倍），填入最好的一个</translation>
    </message>
    <message>
        <source>LongRoPE&apos;s divisors</source>
        <translation>LongRoPE 的除数</translation>
    </message>
    <message>
        <source>Compare with {model}</source>
        <translation>与 {model} 比较</translation>
    </message>
    <message>
        <source>The teaching model with the same lessons and the other kind of positions</source>
        <translation>学过同样课程、用另一种位置的教学模型</translation>
    </message>
    <message>
        <source>ALiBi turns nothing: it takes a penalty per distance off each score, so there are no frequencies to change. It extrapolates directly, as trained.</source>
        <translation>ALiBi 不做旋转：它按距离给每个分数减去惩罚，因此没有频率可改。它按训练方式直接外推。</translation>
    </message>
    <message>
        <source>The model has no rotary positions: there is nothing to turn.</source>
        <translation>模型没有旋转位置：没有可旋转的东西。</translation>
    </message>
    <message>
        <source>ALiBi is trained in: this model&apos;s weights expect other positions.</source>
        <translation>ALiBi 是训练时就有的：该模型的权重期待另一种位置。</translation>
    </message>
    <message>
        <source>Tokens each</source>
        <translation>每窗 token 数</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>Pattern of zeros</source>
        <translation>零的模式</translation>
    </message>
    <message>
        <source>2:4 keeps two of every four neighbours; it fixes the ratio, and brings no speed on this program&apos;s kernels: measured, not promised</source>
        <translation>2:4 在每四个相邻权重中留两个；比例因此固定，在本程序的内核上不会更快：以实测为准，不作承诺</translation>
    </message>
    <message>
        <source>How the text is read</source>
        <translation>如何读取文本</translation>
    </message>
    <message>
        <source>One pass prunes each matrix by inputs that come from pruned ones; two passes read each block dense, prune it, and read it again, as the published references do</source>
        <translation>一遍：每个矩阵按来自已剪矩阵的输入来剪；两遍：先以稠密方式读一块，剪枝，再读一遍，与公开的参考实现相同</translation>
    </message>
    <message>
        <source>Perplexities of different lengths cannot be compared with each other</source>
        <translation>不同长度的困惑度不能相互比较</translation>
    </message>
    <message>
        <source>Which windows are drawn; the measurement draws others</source>
        <translation>抽取哪些窗口；测量会抽取另一些</translation>
    </message>
    <message>
        <source>none</source>
        <translation>不测</translation>
    </message>
    <message>
        <source>None: prune without a loss, as a model must that predicts no next token</source>
        <translation>不测：剪枝时不测损失；不预测下一个 token 的模型须如此</translation>
    </message>
    <message>
        <source>Zeros as bits</source>
        <translation>零按位存储</translation>
    </message>
    <message>
        <source>One bit per weight and the values that stay: a smaller file that opens in Lathe. Otherwise zeros are stored as values and the file is as large as before.</source>
        <translation>每个权重存一位，再存留下的数值：文件更小，可在 Lathe 中打开。否则零按数值存储，文件和原来一样大。</translation>
    </message>
    <message>
        <source>in one pass</source>
        <translation>一遍读完</translation>
    </message>
    <message>
        <source>block by block, two passes</source>
        <translation>逐块两遍</translation>
    </message>
    <message>
        <source>zeros anywhere</source>
        <translation>零可在任意处</translation>
    </message>
</context>
<context>
    <name>ShortcutsDialog</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>Search commands or keys</source>
        <translation>搜索命令或按键</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>按键</translation>
    </message>
    <message>
        <source>Shortcuts</source>
        <translation>快捷键</translation>
    </message>
</context>
<context>
    <name>SidePanel</name>
    <message>
        <source>Data set</source>
        <translation>数据集</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>提示词</translation>
    </message>
    <message>
        <source>Techniques</source>
        <translation>技巧</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Reading the answers</source>
        <translation>读取答案</translation>
    </message>
    <message>
        <source>Import…</source>
        <translation>导入…</translation>
    </message>
    <message>
        <source>CSV, JSON, JSON lines, promptfoo, OpenAI evals, BIG-Bench; or drop a file</source>
        <translation>CSV、JSON、JSON Lines、promptfoo、OpenAI evals、BIG-Bench；也可拖入文件</translation>
    </message>
    <message>
        <source>Items</source>
        <translation>题目</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Examples from the set</source>
        <translation>取自数据集的示例</translation>
    </message>
    <message>
        <source>all</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>How many items are asked, from the start of the set</source>
        <translation>从数据集开头起提问多少题</translation>
    </message>
    <message>
        <source>Another seed draws other exercises</source>
        <translation>换一个种子会抽取其他题目</translation>
    </message>
    <message>
        <source>The first items become examples and are not asked; a prompt that has examples keeps its own</source>
        <translation>最前面的几题用作示例，不再提问；自带示例的提示词保留自己的示例</translation>
    </message>
    <message>
        <source>The rule that finds the answer in what the model wrote</source>
        <translation>从模型所写的内容中找出答案的规则</translation>
    </message>
    <message>
        <source>The set&apos;s own</source>
        <translation>数据集自带</translation>
    </message>
    <message>
        <source>The prompt of Compare</source>
        <translation>“对比”页的提示词</translation>
    </message>
    <message>
        <source>{rule} (fits the set)</source>
        <translation>{rule}（适合该数据集）</translation>
    </message>
    <message>
        <source>What fits the set</source>
        <translation>适合数据集的规则</translation>
    </message>
    <message>
        <source>Greedy · at most {n} tokens</source>
        <translation>贪心 · 最多 {n} 个 token</translation>
    </message>
    <message>
        <source>T = {t:g} · at most {n} tokens</source>
        <translation>T = {t:g} · 最多 {n} 个 token</translation>
    </message>
    <message>
        <source>Sampling: temperature, top-k, top-p, min-p, stop, seed</source>
        <translation>采样：温度、top-k、top-p、min-p、停止文本、种子</translation>
    </message>
</context>
<context>
    <name>SourceBar</name>
    <message>
        <source>Type a text for the model to read.</source>
        <translation>输入让模型读的文本。</translation>
    </message>
    <message>
        <source>Text to look at</source>
        <translation>要查看的文本</translation>
    </message>
    <message>
        <source>as a question</source>
        <translation>作为提问</translation>
    </message>
    <message>
        <source>Put the text to the model as a user&apos;s message, in its chat format</source>
        <translation>按模型的对话格式，把文本作为用户消息交给模型</translation>
    </message>
    <message>
        <source>Answer so far</source>
        <translation>到目前为止的回答</translation>
    </message>
    <message>
        <source>Decoder&apos;s text, if any</source>
        <translation>解码器的文本（可空）</translation>
    </message>
    <message>
        <source>Prompt and answer of “{title}”, token by token</source>
        <translation>“{title}”的提示与回答，逐 token</translation>
    </message>
    <message>
        <source>A sample: the answer&apos;s next number is due</source>
        <translation>示例：接下来该说出答案的数字</translation>
    </message>
    <message>
        <source>{n} tokens</source>
        <translation>{n} 个 token</translation>
    </message>
    <message>
        <source>{n} + {m} tokens</source>
        <translation>{n} + {m} 个 token</translation>
    </message>
    <message>
        <source>longer than the {n} it was made for</source>
        <translation>超过它能处理的 {n} 个 token</translation>
    </message>
    <message>
        <source>below: the text before; look inside again</source>
        <translation>下面是之前的文本；请再次查看内部</translation>
    </message>
</context>
<context>
    <name>SourcesBar</name>
    <message>
        <source>Remove {name}</source>
        <translation>移除 {name}</translation>
    </message>
    <message>
        <source>Too long to be kept for the next start; save it as a file to keep it.</source>
        <translation>文本过长，下次启动时不会保留；请另存为文件。</translation>
    </message>
    <message>
        <source>Documents</source>
        <translation>文档</translation>
    </message>
    <message>
        <source>Documents ({patterns})</source>
        <translation>文档 ({patterns})</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>Pasted text</source>
        <translation>粘贴的文本</translation>
    </message>
    <message>
        <source>Choose files…</source>
        <translation>选择文件…</translation>
    </message>
    <message>
        <source>Texts, Markdown, HTML, PDF, Word; or drop them here</source>
        <translation>文本、Markdown、HTML、PDF、Word；也可拖到这里</translation>
    </message>
    <message>
        <source>Paste a text</source>
        <translation>粘贴文本</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>添加</translation>
    </message>
    <message>
        <source>A text that is no file</source>
        <translation>不是文件的文本</translation>
    </message>
</context>
<context>
    <name>StatesView</name>
    <message>
        <source>Against {name}, on its own answers, in nats</source>
        <translation>以 {name} 为参照，在其自己的回答上，单位：奈特</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>KL per token</source>
        <translation>每 token KL</translation>
    </message>
    <message>
        <source>KL(reference ‖ state) over the full vocabulary, mean per token, nats.</source>
        <translation>KL(参照 ‖ 状态)，覆盖整个词表，每 token 平均，单位：奈特。</translation>
    </message>
    <message>
        <source>Largest</source>
        <translation>最大</translation>
    </message>
    <message>
        <source>The largest KL of any token.</source>
        <translation>单个 token 的最大 KL。</translation>
    </message>
    <message>
        <source>Same likeliest</source>
        <translation>首选相同</translation>
    </message>
    <message>
        <source>Share of places at which both find the same token likeliest.</source>
        <translation>两者首选 token 相同的位置所占比例。</translation>
    </message>
    <message>
        <source>Δ log p</source>
        <translation>Δ log p</translation>
    </message>
    <message>
        <source>Log-probability of the answers against the reference, nats per token.</source>
        <translation>回答的对数概率与参照之差，奈特/token。</translation>
    </message>
    <message>
        <source>No state could be measured.</source>
        <translation>没有可以测量的状态。</translation>
    </message>
    <message>
        <source>{state} is farthest: {kl} nats per token, the same likeliest token at {share} of {n} places.</source>
        <translation>{state} 偏离最大：{kl} 奈特/token；{n} 个位置中 {share} 的首选 token 相同。</translation>
    </message>
    <message>
        <source>KL {figure}</source>
        <translation>KL {figure}</translation>
    </message>
    <message>
        <source>largest at question {item}, token {place}</source>
        <translation>最大处：第 {item} 题第 {place} 个 token</translation>
    </message>
    <message>
        <source>nats per token</source>
        <translation>奈特/token</translation>
    </message>
    <message>
        <source>Tinted by KL per token, strongest at {full} nats; largest here: token {n}, {kl}</source>
        <translation>按每 token KL 着色，最深为 {full} 奈特；本题最大：第 {n} 个 token，{kl}</translation>
    </message>
    <message>
        <source>token {n} · KL {kl} nats</source>
        <translation>第 {n} 个 token · KL {kl} 奈特</translation>
    </message>
</context>
<context>
    <name>StatusStrip</name>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>No job is running.</source>
        <translation>没有正在运行的任务。</translation>
    </message>
    <message>
        <source>Stop “{job}”</source>
        <translation>停止“{job}”</translation>
    </message>
    <message>
        <source>stopping</source>
        <translation>正在停止</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>还剩 {time}</translation>
    </message>
    <message>
        <source>{n} more waiting</source>
        <translation>另有 {n} 个等待</translation>
    </message>
</context>
<context>
    <name>Stepper</name>
    <message>
        <source>Question {n} of {total}</source>
        <translation>第 {n} 题，共 {total} 题</translation>
    </message>
    <message>
        <source>Question before</source>
        <translation>上一题</translation>
    </message>
    <message>
        <source>Next question</source>
        <translation>下一题</translation>
    </message>
</context>
<context>
    <name>StepsText</name>
    <message>
        <source>Steps</source>
        <translation>步骤</translation>
    </message>
    <message>
        <source>{stage}, wave {n}</source>
        <translation>{stage}，第 {n} 轮</translation>
    </message>
    <message>
        <source>{stage}: one part after another</source>
        <translation>{stage}：逐部分进行</translation>
    </message>
    <message>
        <source>{stage}: {n} in one batch</source>
        <translation>{stage}：{n} 个同批</translation>
    </message>
    <message>
        <source>{n} passages</source>
        <translation>{n} 个段落</translation>
    </message>
    <message>
        <source>kept</source>
        <translation>已保留</translation>
    </message>
    <message>
        <source>read {read} tokens, wrote {new}</source>
        <translation>读 {read} 个 token，写 {new} 个</translation>
    </message>
    <message>
        <source>{n} tokens of its beginning stayed in sight as sinks</source>
        <translation>开头的 {n} 个 token 作为注意力汇（sinks）始终可见</translation>
    </message>
    <message>
        <source>finished by an earlier run</source>
        <translation>由先前的运行完成</translation>
    </message>
</context>
<context>
    <name>StretchView</name>
    <message>
        <source>Factor</source>
        <translation>倍数</translation>
    </message>
    <message>
        <source>Factor of the stretch</source>
        <translation>拉长的倍数</translation>
    </message>
    <message>
        <source>Ask the model</source>
        <translation>问模型</translation>
    </message>
    <message>
        <source>Above {n} tokens the model is asked only when you want it</source>
        <translation>超过 {n} 个 token 时，只在你要求时才问模型</translation>
    </message>
    <message>
        <source>× {factor} = {length} positions</source>
        <translation>× {factor} = {length} 个位置</translation>
    </message>
    <message>
        <source>Attention of this head, turned again</source>
        <translation>这个头的注意力，重新旋转</translation>
    </message>
    <message>
        <source>weight</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>score</source>
        <translation>分数</translation>
    </message>
    <message>
        <source>query</source>
        <translation>查询</translation>
    </message>
    <message>
        <source>key</source>
        <translation>键</translation>
    </message>
    <message>
        <source>softmax weights</source>
        <translation>softmax 权重</translation>
    </message>
    <message>
        <source>mean scores of {n} × {n} tokens</source>
        <translation>{n} × {n} 个 token 的平均分数</translation>
    </message>
    <message>
        <source>{what}; no forward pass, turned in {ms} ms</source>
        <translation>{what}；没有前向计算，{ms} 毫秒转完</translation>
    </message>
    <message>
        <source>Queries and keys of the text are turned back and turned again by the new frequencies. Cosine and sine times {f}. Layers before this one still ran with the old ones.</source>
        <translation>文本的查询和键先转回去，再按新频率转一次。余弦和正弦乘以 {f}。此前各层仍用旧频率计算。</translation>
    </message>
    <message>
        <source>Wavelengths</source>
        <translation>波长</translation>
    </message>
    <message>
        <source>the model&apos;s own</source>
        <translation>模型自己的</translation>
    </message>
    <message>
        <source>pair of dimensions, fastest first</source>
        <translation>维度对，最快的在前</translation>
    </message>
    <message>
        <source>wavelength</source>
        <translation>波长</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>token</translation>
    </message>
    <message>
        <source>trained length {n}</source>
        <translation>训练长度 {n}</translation>
    </message>
    <message>
        <source>{a} of {b} pairs turned wholly in training; the others saw only an arc</source>
        <translation>训练中 {b} 对里有 {a} 对转满整圈；其余只见过一段弧</translation>
    </message>
    <message>
        <source>Mean score against distance</source>
        <translation>平均分数与距离</translation>
    </message>
    <message>
        <source>distance</source>
        <translation>距离</translation>
    </message>
    <message>
        <source>n = {n} visible cells of this text</source>
        <translation>这段文本的 n = {n} 个可见格</translation>
    </message>
</context>
<context>
    <name>StructuredForm</name>
    <message>
        <source>Key-value groups cut</source>
        <translation>剪去的键值组</translation>
    </message>
    <message>
        <source>MLP neurons cut</source>
        <translation>剪去的 MLP 神经元</translation>
    </message>
    <message>
        <source>Experts cut (mixtures)</source>
        <translation>剪去的专家（混合模型）</translation>
    </message>
    <message>
        <source>Layers dropped</source>
        <translation>去掉的层</translation>
    </message>
    <message>
        <source>Widths</source>
        <translation>宽度</translation>
    </message>
    <message>
        <source>Parts are worth</source>
        <translation>部件重要性</translation>
    </message>
    <message>
        <source>Those that change the residual stream least (ShortGPT)</source>
        <translation>对残差流改变最小的层（ShortGPT）</translation>
    </message>
    <message>
        <source>biases make up for it</source>
        <translation>用偏置补偿</translation>
    </message>
    <message>
        <source>What cut parts give on average becomes a bias (FLAP), where the model has one</source>
        <translation>剪去部件的平均输出变成偏置（FLAP），前提是模型有偏置</translation>
    </message>
    <message>
        <source>measure tokens per second</source>
        <translation>测量每秒 token 数</translation>
    </message>
    <message>
        <source>Forget it</source>
        <translation>不用它</translation>
    </message>
    <message>
        <source>Heads are judged by the ranking of the page Attention.</source>
        <translation>头由“注意力”页面的排名来判断。</translation>
    </message>
    <message>
        <source>alike: opens anywhere</source>
        <translation>一致：到处可用</translation>
    </message>
    <message>
        <source>each layer its own: opens in Lathe</source>
        <translation>每层各异：用 Lathe 打开</translation>
    </message>
</context>
<context>
    <name>StructuredView</name>
    <message>
        <source>Save as…</source>
        <translation>另存为…</translation>
    </message>
    <message>
        <source>Cut, measure, write the smaller model and open it again</source>
        <translation>剪去、测量、写入更小的模型并重新打开</translation>
    </message>
    <message>
        <source>Before and after</source>
        <translation>前后对比</translation>
    </message>
    <message>
        <source>What each part is worth</source>
        <translation>各部件的重要性</translation>
    </message>
    <message>
        <source>Cut parts are hatched; hover for values.</source>
        <translation>剪去的部件画斜线；悬停查看数值。</translation>
    </message>
    <message>
        <source>Cut and measure takes whole parts out, so that file, memory and the time of a token can really shrink; the model here stays whole.</source>
        <translation>“剪去并测量”把整个部件拿掉，文件、内存和每个 token 的时间才会真正变小；这里的模型保持完整。</translation>
    </message>
    <message>
        <source>dense</source>
        <translation>稠密</translation>
    </message>
    <message>
        <source>smaller</source>
        <translation>变小后</translation>
    </message>
    <message>
        <source>change</source>
        <translation>变化</translation>
    </message>
    <message>
        <source>{share} of the file is gone</source>
        <translation>文件小了 {share}</translation>
    </message>
    <message>
        <source>perplexity {a} → {b}</source>
        <translation>困惑度 {a} → {b}</translation>
    </message>
    <message>
        <source>{gain} × the tokens per second</source>
        <translation>每秒 token 数为原来的 {gain} 倍</translation>
    </message>
    <message>
        <source>no change of speed beyond the noise (± {noise})</source>
        <translation>速度变化没有超出噪声（± {noise}）</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>KV cache per token</source>
        <translation>每 token 的 KV 缓存</translation>
    </message>
    <message>
        <source>Medians of {n} timed runs of {tokens} tokens, batch 1; the same model against itself: {again} tokens per second, ± {noise}. The change is the median of the rounds&apos; own ratios.</source>
        <translation>{n} 次计时运行的中位数，每次 {tokens} 个 token，批大小 1；同一模型与自身相比：每秒 {again} 个 token，± {noise}。变化是各轮比值的中位数。</translation>
    </message>
    <message>
        <source>Perplexity: {windows}.</source>
        <translation>困惑度：{windows}。</translation>
    </message>
    <message>
        <source>{change} (noise)</source>
        <translation>{change}（噪声）</translation>
    </message>
    <message>
        <source>Tokens per second</source>
        <translation>每秒 token 数</translation>
    </message>
    <message>
        <source>Perplexity</source>
        <translation>困惑度</translation>
    </message>
    <message>
        <source>{rise} nats</source>
        <translation>{rise} 奈特</translation>
    </message>
    <message>
        <source>Opened again, its logits are bit for bit the same ({route}).</source>
        <translation>重新打开后，logits 逐位相同（{route}）。</translation>
    </message>
    <message>
        <source>Opened again, its logits differ by up to {d} ({route}).</source>
        <translation>重新打开后，logits 最多相差 {d}（{route}）。</translation>
    </message>
    <message>
        <source>any program with transformers</source>
        <translation>任何使用 transformers 的程序</translation>
    </message>
    <message>
        <source>Lathe&apos;s own loader</source>
        <translation>Lathe 自己的加载器</translation>
    </message>
    <message>
        <source>Every layer alike: saved, it opens in any program.</source>
        <translation>每层一致：保存后任何程序都能打开。</translation>
    </message>
    <message>
        <source>Each layer has its own widths: saved, it opens in Lathe.</source>
        <translation>每层宽度各异：保存后可在 Lathe 中打开。</translation>
    </message>
    <message>
        <source>{model}; asked to cut {groups} of the groups, {neurons} of the neurons and {blocks} layers; {worth}; calibration {a}, measured on {b}; seed {seed}.</source>
        <translation>{model}；要求剪去 {groups} 的组、{neurons} 的神经元和 {blocks} 层；{worth}；校准文本 {a}，测量文本 {b}；种子 {seed}。</translation>
    </message>
    <message>
        <source>Written to {out}.</source>
        <translation>已写入 {out}。</translation>
    </message>
</context>
<context>
    <name>SubjectPanel</name>
    <message>
        <source>Prompt and answer of “{title}”, token by token</source>
        <translation>“{title}”的提示和回答，逐 token</translation>
    </message>
    <message>
        <source>✓ verified: rebuilt weights differ by at most {e}</source>
        <translation>✓ 已核实：重建的权重最多相差 {e}</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>Text that the model reads</source>
        <translation>模型读的文本</translation>
    </message>
    <message>
        <source>as a question</source>
        <translation>作为提问</translation>
    </message>
    <message>
        <source>Put the text to the model as a user&apos;s message, in its chat format</source>
        <translation>把文本作为用户消息，按模型的对话格式交给它</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Head</source>
        <translation>头</translation>
    </message>
    <message>
        <source>Positions in this model</source>
        <translation>这个模型的位置</translation>
    </message>
    <message>
        <source>trained on {n} positions</source>
        <translation>训练长度 {n} 个位置</translation>
    </message>
    <message>
        <source>pairs (i, i + {half})</source>
        <translation>配对 (i, i + {half})</translation>
    </message>
    <message>
        <source>pairs (2i, 2i + 1)</source>
        <translation>配对 (2i, 2i + 1)</translation>
    </message>
    <message>
        <source>{part} of {all} dimensions turn</source>
        <translation>{all} 维中有 {part} 维转动</translation>
    </message>
    <message>
        <source>cos and sin times {f}</source>
        <translation>cos 与 sin 乘以 {f}</translation>
    </message>
</context>
<context>
    <name>SwapView</name>
    <message>
        <source>Rows: the prompt. Columns: whose answer is read under it. Δ log p against the answer&apos;s own prompt, nats per token, {n} questions.</source>
        <translation>行：提示词；列：在其下读取的回答。Δ log p 相对于该回答自己的提示词，单位：奈特/token，{n} 题。</translation>
    </message>
    <message>
        <source>own</source>
        <translation>自身</translation>
    </message>
    <message>
        <source>Δ log p {figure}</source>
        <translation>Δ log p {figure}</translation>
    </message>
    <message>
        <source>KL {figure}</source>
        <translation>KL {figure}</translation>
    </message>
    <message>
        <source>nats per token</source>
        <translation>奈特/token</translation>
    </message>
    <message>
        <source>Expected answer</source>
        <translation>标准答案</translation>
    </message>
    <message>
        <source>Answer of {name}</source>
        <translation>{name}的回答</translation>
    </message>
    <message>
        <source>{answer} loses {nats} nats per token under the prompt of {prompt}.</source>
        <translation>在{prompt}的提示词下，{answer}每 token 损失 {nats} 奈特。</translation>
    </message>
    <message>
        <source>{answer} gains {nats} nats per token under the prompt of {prompt}.</source>
        <translation>在{prompt}的提示词下，{answer}每 token 增加 {nats} 奈特。</translation>
    </message>
    <message>
        <source>{answer} under the prompt of {prompt}: {delta} nats per token, KL {kl}</source>
        <translation>{answer}，在{prompt}的提示词下：{delta} 奈特/token，KL {kl}</translation>
    </message>
    <message>
        <source>nats</source>
        <translation>奈特</translation>
    </message>
    <message>
        <source>token {n} · Δ log p {delta} · KL {kl} nats</source>
        <translation>第 {n} 个 token · Δ log p {delta} · KL {kl} 奈特</translation>
    </message>
    <message>
        <source>Both prompts find the same token likeliest at every place.</source>
        <translation>两个提示词在每个位置的首选 token 都相同。</translation>
    </message>
    <message>
        <source>First divergence at token {n}: {own} under its own prompt, {other} under this one.</source>
        <translation>首次分歧在第 {n} 个 token：自己的提示词下为{own}，此提示词下为{other}。</translation>
    </message>
    <message>
        <source>“{token}” ({p:.2f})</source>
        <translation>“{token}”({p:.2f})</translation>
    </message>
</context>
<context>
    <name>TablesView</name>
    <message>
        <source>Sine and cosine in turn</source>
        <translation>正弦余弦交替</translation>
    </message>
    <message>
        <source>All sines, then all cosines</source>
        <translation>先正弦后余弦</translation>
    </message>
    <message>
        <source>This model&apos;s table</source>
        <translation>这个模型的表</translation>
    </message>
    <message>
        <source>{model} adds no table of positions to its tokens; this is the formula of the original Transformer, PE(p, 2i) = sin(p / 10000^(2i/d)).</source>
        <translation>{model} 不给 token 加位置表；这是原始 Transformer 的公式，PE(p, 2i) = sin(p / 10000^(2i/d))。</translation>
    </message>
    <message>
        <source>Reading the table of {model}…</source>
        <translation>正在读取 {model} 的表…</translation>
    </message>
    <message>
        <source>The table of {model} has not been read.</source>
        <translation>{model} 的位置表还没有读到。</translation>
    </message>
    <message>
        <source>{model} learned {n} positions of {d} dimensions each ({module}).</source>
        <translation>{model} 学了 {n} 个位置，每个 {d} 维（{module}）。</translation>
    </message>
    <message>
        <source>{model} uses the formula; its rows differ from it by at most {e}.</source>
        <translation>{model} 用的是公式；它的各行与公式最多相差 {e}。</translation>
    </message>
    <message>
        <source>position</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>dimension</source>
        <translation>维度</translation>
    </message>
    <message>
        <source>{n} positions, {d} dimensions; blue is negative, yellow positive</source>
        <translation>{n} 个位置，{d} 维；蓝色为负，黄色为正</translation>
    </message>
    <message>
        <source>The table</source>
        <translation>位置表</translation>
    </message>
    <message>
        <source>cosine</source>
        <translation>余弦</translation>
    </message>
    <message>
        <source>How alike two positions are</source>
        <translation>两个位置有多相似</translation>
    </message>
    <message>
        <source>cosine of their rows, from {low} to 1</source>
        <translation>两行的余弦，从 {low} 到 1</translation>
    </message>
    <message>
        <source>distance</source>
        <translation>距离</translation>
    </message>
    <message>
        <source>positions</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>mean cosine</source>
        <translation>平均余弦</translation>
    </message>
    <message>
        <source>mean over all pairs of that distance</source>
        <translation>该距离所有位置对的均值</translation>
    </message>
    <message>
        <source>Likeness against distance</source>
        <translation>相似度与距离</translation>
    </message>
    <message>
        <source>n = {n} positions</source>
        <translation>n = {n} 个位置</translation>
    </message>
</context>
<context>
    <name>TaskSets</name>
    <message>
        <source>Arithmetic stories</source>
        <translation>算术应用题</translation>
    </message>
    <message>
        <source>Harder arithmetic stories</source>
        <translation>较难的算术应用题</translation>
    </message>
    <message>
        <source>Comparing cities</source>
        <translation>比较城市</translation>
    </message>
    <message>
        <source>Finding a key</source>
        <translation>查找密钥</translation>
    </message>
    <message>
        <source>Rewriting a prompt</source>
        <translation>改写提示词</translation>
    </message>
    <message>
        <source>Criticising a prompt</source>
        <translation>评析提示词</translation>
    </message>
</context>
<context>
    <name>Tasks</name>
    <message>
        <source>Story problem (sample)</source>
        <translation>应用题（示例）</translation>
    </message>
    <message>
        <source>Summarisation</source>
        <translation>摘要</translation>
    </message>
    <message>
        <source>Information extraction</source>
        <translation>信息抽取</translation>
    </message>
    <message>
        <source>Question answering</source>
        <translation>问答</translation>
    </message>
    <message>
        <source>Classification</source>
        <translation>分类</translation>
    </message>
    <message>
        <source>Conversation</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Code generation</source>
        <translation>代码生成</translation>
    </message>
    <message>
        <source>Reasoning</source>
        <translation>推理</translation>
    </message>
    <message>
        <source>Rule from examples</source>
        <translation>从示例归纳规则</translation>
    </message>
    <message>
        <source>My own prompt</source>
        <translation>自己的提示词</translation>
    </message>
</context>
<context>
    <name>TechniqueBar</name>
    <message>
        <source>+ technique</source>
        <translation>+ 技巧</translation>
    </message>
    <message>
        <source>Ask with a technique once more, with other settings, as a column of its own</source>
        <translation>以另一组设置再用一次某种技巧，单独成列</translation>
    </message>
</context>
<context>
    <name>TechniqueChip</name>
    <message>
        <source>own sampling</source>
        <translation>单独采样</translation>
    </message>
    <message>
        <source>Settings of {name}</source>
        <translation>{name} 的设置</translation>
    </message>
</context>
<context>
    <name>TechniqueFields</name>
    <message>
        <source>Statements</source>
        <translation>陈述数</translation>
    </message>
    <message>
        <source>The technique whose prompt gets the passages</source>
        <translation>段落放进哪种技巧的提示词</translation>
    </message>
    <message>
        <source>Asks like</source>
        <translation>提问方式</translation>
    </message>
    <message>
        <source>Paths</source>
        <translation>路径数</translation>
    </message>
    <message>
        <source>Of these paths alone; the other columns keep their own temperature</source>
        <translation>只用于这些路径；其他列保持各自的温度</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>the most frequent answer</source>
        <translation>出现最多的答案</translation>
    </message>
    <message>
        <source>the most probable answer</source>
        <translation>概率最大的答案</translation>
    </message>
    <message>
        <source>Winner</source>
        <translation>胜出</translation>
    </message>
    <message>
        <source>Stop when the winner is certain</source>
        <translation>胜负已定时提前停止</translation>
    </message>
    <message>
        <source>e.g. yes, no</source>
        <translation>例如：是，否</translation>
    </message>
    <message>
        <source>none: the answers vote</source>
        <translation>无：由回答投票</translation>
    </message>
    <message>
        <source>Candidate answers, separated by commas</source>
        <translation>候选答案，用逗号分隔</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Candidates</source>
        <translation>候选答案</translation>
    </message>
    <message>
        <source>Calibrate with an empty input</source>
        <translation>用空输入校准</translation>
    </message>
    <message>
        <source>Then asks</source>
        <translation>随后追问</translation>
    </message>
    <message>
        <source>Before the label</source>
        <translation>标签之前</translation>
    </message>
</context>
<context>
    <name>TechniquePopup</name>
    <message>
        <source>Take this technique away</source>
        <translation>去掉此技巧</translation>
    </message>
    <message>
        <source>Trigger sentence</source>
        <translation>触发句</translation>
    </message>
    <message>
        <source>Sentence</source>
        <translation>句子</translation>
    </message>
    <message>
        <source>all</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>How many examples to show, from the top of the table</source>
        <translation>从表格顶部起展示多少个示例</translation>
    </message>
    <message>
        <source>Examples shown</source>
        <translation>展示的示例</translation>
    </message>
    <message>
        <source>as the task has them</source>
        <translation>与任务一致</translation>
    </message>
    <message>
        <source>as text in one message</source>
        <translation>作为一条消息中的文本</translation>
    </message>
    <message>
        <source>as turns of a conversation</source>
        <translation>作为多轮对话</translation>
    </message>
    <message>
        <source>Laid out</source>
        <translation>排布方式</translation>
    </message>
    <message>
        <source>Sampled as in the stored run: {how}</source>
        <translation>按已存运行的方式采样：{how}</translation>
    </message>
    <message>
        <source>Sample like the other columns</source>
        <translation>与其他列相同的采样</translation>
    </message>
</context>
<context>
    <name>Techniques</name>
    <message>
        <source>Zero-shot</source>
        <translation>零样本</translation>
    </message>
    <message>
        <source>Few-shot</source>
        <translation>少样本</translation>
    </message>
    <message>
        <source>Few-shot CoT</source>
        <translation>少样本思维链</translation>
    </message>
    <message>
        <source>Zero-shot CoT</source>
        <translation>零样本思维链</translation>
    </message>
    <message>
        <source>Self-consistency</source>
        <translation>自洽性</translation>
    </message>
    <message>
        <source>Generated knowledge</source>
        <translation>生成知识</translation>
    </message>
    <message>
        <source>Retrieved knowledge</source>
        <translation>检索知识</translation>
    </message>
    <message>
        <source>Label likelihood</source>
        <translation>标签似然</translation>
    </message>
    <message>
        <source>Two-stage CoT</source>
        <translation>两阶段思维链</translation>
    </message>
    <message>
        <source>The question as it is, no examples.</source>
        <translation>直接提问，没有示例。</translation>
    </message>
    <message>
        <source>Examples with their answers come before the question (Brown et al. 2020).</source>
        <translation>问题之前给出带答案的示例（Brown 等，2020）。</translation>
    </message>
    <message>
        <source>The examples show their steps, too (Wei et al. 2022).</source>
        <translation>示例还展示步骤（Wei 等，2022）。</translation>
    </message>
    <message>
        <source>One sentence asks for the steps (Kojima et al. 2022).</source>
        <translation>用一句话要求给出步骤（Kojima 等，2022）。</translation>
    </message>
    <message>
        <source>Several sampled paths vote for the answer (Wang et al. 2022).</source>
        <translation>采样多条推理路径，投票决定答案（Wang 等，2022）。</translation>
    </message>
    <message>
        <source>The model states what it knows first, then answers with it (Liu et al. 2022).</source>
        <translation>模型先陈述所知，再据此作答（Liu 等，2022）。</translation>
    </message>
    <message>
        <source>Passages of your documents, found for the question, stand in the context (Lewis et al. 2020).</source>
        <translation>从您的文档中为该问题检索到的段落放在上下文里（Lewis 等，2020）。</translation>
    </message>
    <message>
        <source>No sampling: the likeliest of the known labels is the answer.</source>
        <translation>不采样：已知标签中似然最高者即为答案。</translation>
    </message>
    <message>
        <source>Steps first, then a second question draws the answer (Kojima et al. 2022).</source>
        <translation>先写步骤，再用第二次提问得出答案（Kojima 等，2022）。</translation>
    </message>
</context>
<context>
    <name>TextPicker</name>
    <message>
        <source>File…</source>
        <translation>文件…</translation>
    </message>
    <message>
        <source>A text file (UTF-8), or a data set whose texts are read</source>
        <translation>文本文件（UTF-8），或读取其中文本的数据集</translation>
    </message>
    <message>
        <source>Column of the data set</source>
        <translation>数据集的列</translation>
    </message>
    <message>
        <source>Which column of the data set is read</source>
        <translation>读取数据集的哪一列</translation>
    </message>
    <message>
        <source>Questions and answers</source>
        <translation>问题与答案</translation>
    </message>
    <message>
        <source>Column {name}</source>
        <translation>列 {name}</translation>
    </message>
    <message>
        <source>Teaching corpus</source>
        <translation>教学语料</translation>
    </message>
    <message>
        <source>A file…</source>
        <translation>某个文件…</translation>
    </message>
    <message>
        <source>The prompt of Compare</source>
        <translation>“对比”中的提示</translation>
    </message>
    <message>
        <source>Text to read</source>
        <translation>要读取的文本</translation>
    </message>
</context>
<context>
    <name>TextSourceField</name>
    <message>
        <source>Teaching corpus</source>
        <translation>教学语料</translation>
    </message>
    <message>
        <source>File…</source>
        <translation>文件…</translation>
    </message>
    <message>
        <source>A text file (UTF-8)</source>
        <translation>文本文件（UTF-8）</translation>
    </message>
    <message>
        <source>Text to read</source>
        <translation>要读取的文本</translation>
    </message>
</context>
<context>
    <name>TintLegend</name>
    <message>
        <source>p 1</source>
        <translation>p 1</translation>
    </message>
    <message>
        <source>0</source>
        <translation>0</translation>
    </message>
    <message>
        <source>0 nats</source>
        <translation>0 奈特</translation>
    </message>
    <message>
        <source>≥ 3</source>
        <translation>≥ 3</translation>
    </message>
    <message>
        <source>Tint: the probability that the model gave the token. The stronger, the less probable.</source>
        <translation>着色：模型给该 token 的概率。颜色越深，概率越低。</translation>
    </message>
    <message>
        <source>Tint: the entropy of the next-token distribution, in nats. The stronger, the less sure the model was.</source>
        <translation>着色：下一个 token 分布的熵（奈特）。颜色越深，模型越不确定。</translation>
    </message>
</context>
<context>
    <name>Toast</name>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Close message</source>
        <translation>关闭消息</translation>
    </message>
    <message>
        <source>Copy details</source>
        <translation>复制详细信息</translation>
    </message>
</context>
<context>
    <name>TokenField</name>
    <message>
        <source>Paste a token</source>
        <translation>粘贴令牌</translation>
    </message>
    <message>
        <source>Hub token</source>
        <translation>Hub 令牌</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>This is no token: it holds spaces or unusual signs.</source>
        <translation>这不是令牌：其中含有空格或异常字符。</translation>
    </message>
    <message>
        <source>A token is kept in {file}.</source>
        <translation>令牌保存在 {file}。</translation>
    </message>
    <message>
        <source>None is kept here; the one in {place} is used.</source>
        <translation>此处未保存令牌；将使用 {place} 中的令牌。</translation>
    </message>
    <message>
        <source>None is kept; public models need none.</source>
        <translation>未保存令牌；公开模型不需要令牌。</translation>
    </message>
</context>
<context>
    <name>TokenPopup</name>
    <message>
        <source>token {n} · p {p:.3f} · entropy {h:.2f} nats</source>
        <translation>第 {n} 个 token · p {p:.3f} · 熵 {h:.2f} nat</translation>
    </message>
    <message>
        <source>Choose one to continue from there.</source>
        <translation>选择一个，从那里继续。</translation>
    </message>
</context>
<context>
    <name>TokenView</name>
    <message>
        <source>Token {n}: “{text}”, probability {p:.2f}, entropy {h:.2f} nats</source>
        <translation>第 {n} 个 token：“{text}”，概率 {p:.2f}，熵 {h:.2f} nat</translation>
    </message>
</context>
<context>
    <name>TunePanel</name>
    <message>
        <source>Training</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Scaling that is trained</source>
        <translation>训练所用的缩放</translation>
    </message>
    <message>
        <source>Factor</source>
        <translation>倍数</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步骤</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>Keys asked</source>
        <translation>询问的密码数</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>Texts</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>What is trained</source>
        <translation>训练内容</translation>
    </message>
    <message>
        <source>Rank</source>
        <translation>秩</translation>
    </message>
    <message>
        <source>Alpha</source>
        <translation>Alpha</translation>
    </message>
    <message>
        <source>In</source>
        <translation>作用于</translation>
    </message>
    <message>
        <source>Beside it</source>
        <translation>同时训练</translation>
    </message>
    <message>
        <source>Saved as</source>
        <translation>保存为</translation>
    </message>
    <message>
        <source>Before and after, at the trained and at the target length; 0 = none</source>
        <translation>训练前后各问一次，在训练长度和目标长度上；0 = 不问</translation>
    </message>
    <message>
        <source>Of the layers&apos; matrices; biases and norms get five times as much, embeddings a third</source>
        <translation>层内矩阵的学习率；偏置和归一化用其五倍，嵌入用其三分之一</translation>
    </message>
    <message>
        <source>Rank of what LoRA adds to each matrix</source>
        <translation>LoRA 加到每个矩阵上的增量的秩</translation>
    </message>
    <message>
        <source>LoRA adds alpha / rank times its product</source>
        <translation>LoRA 加上其乘积的 alpha / 秩 倍</translation>
    </message>
    <message>
        <source>norms</source>
        <translation>归一化</translation>
    </message>
    <message>
        <source>biases</source>
        <translation>偏置</translation>
    </message>
    <message>
        <source>embeddings</source>
        <translation>嵌入</translation>
    </message>
    <message>
        <source>Trained as a whole, as LongLoRA does with norms</source>
        <translation>整体训练，如 LongLoRA 对归一化层的做法</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>all weights</source>
        <translation>全部权重</translation>
    </message>
    <message>
        <source>all linear layers</source>
        <translation>所有线性层</translation>
    </message>
    <message>
        <source>attention alone</source>
        <translation>仅注意力</translation>
    </message>
    <message>
        <source>whole model</source>
        <translation>完整模型</translation>
    </message>
    <message>
        <source>adapter alone</source>
        <translation>仅适配器</translation>
    </message>
    <message>
        <source>All {n} parameters are trained.</source>
        <translation>训练全部 {n} 个参数。</translation>
    </message>
    <message>
        <source>LoRA: {k} of {n} parameters are trained ({share}).</source>
        <translation>LoRA：训练 {n} 个参数中的 {k} 个（{share}）。</translation>
    </message>
    <message>
        <source>About {total} of memory: weights {weights}, gradients {gradients}, optimiser {optimiser}, a text of {tokens} tokens {text}; {free} are free.</source>
        <translation>约需内存 {total}：权重 {weights}，梯度 {gradients}，优化器 {optimiser}，{tokens} 个 token 的文本 {text}；可用 {free}。</translation>
    </message>
</context>
<context>
    <name>TuneView</name>
    <message>
        <source>Scores, best first</source>
        <translation>得分，最好的在前</translation>
    </message>
    <message>
        <source>Find the best score tries every normalisation, exponent and group at the slider&apos;s ratio: a threshold and a measurement each.</source>
        <translation>“寻找最佳得分”在滑块的比例下试遍每种归一化、指数和范围：每个只需一次阈值和一次测量。</translation>
    </message>
    <message>
        <source>Score</source>
        <translation>得分</translation>
    </message>
    <message>
        <source>Loss that chose</source>
        <translation>用来选择的损失</translation>
    </message>
    <message>
        <source>Nats per token, on the windows of choice</source>
        <translation>奈特/token，在用来选择的窗口上</translation>
    </message>
    <message>
        <source>On windows that had no part in the choice</source>
        <translation>在未参与选择的窗口上</translation>
    </message>
    <message>
        <source>Judged perplexity</source>
        <translation>评判困惑度</translation>
    </message>
    <message>
        <source>{n} scores tried so far; best: {best}</source>
        <translation>已试 {n} 个得分；最好的是 {best}</translation>
    </message>
    <message>
        <source>{name} is already the best of {n} scores: perplexity {b} at {ratio}.</source>
        <translation>{name} 已是 {n} 个得分中最好的：{ratio} 时困惑度 {b}。</translation>
    </message>
    <message>
        <source>{best}: perplexity {b} against {r} of {name}, at {ratio}, on windows that had no part in the choice.</source>
        <translation>{best}：{ratio} 时困惑度 {b}，{name} 为 {r}，在未参与选择的窗口上。</translation>
    </message>
    <message>
        <source>No score is surely better than {name}: the chosen one, {best}, has perplexity {b} against {r} on windows that had no part in the choice.</source>
        <translation>没有哪个得分确实优于 {name}：选出的 {best} 在未参与选择的窗口上困惑度为 {b}，对 {r}。</translation>
    </message>
    <message>
        <source>{model}, dense perplexity {d}; {windows} windows of {length} tokens, seed {seed}; calibration {a}, measured on {b}; {s:.1f} s in all. The best of many is lucky too: the figure that judges is the one to believe.</source>
        <translation>{model}，稠密困惑度 {d}；{windows} 个窗口，每个 {length} token，种子 {seed}；校准文本 {a}，测量文本 {b}；共 {s:.1f} 秒。众多候选中的最佳也有运气成分：应以用来评判的数字为准。</translation>
    </message>
    <message>
        <source>In force</source>
        <translation>正在使用</translation>
    </message>
    <message>
        <source>Prune by it</source>
        <translation>用它剪枝</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Start over</source>
        <translation>从头开始</translation>
    </message>
    <message>
        <source>Drop what is trained so far and begin with the first step</source>
        <translation>丢弃已训练的部分，从第一步开始</translation>
    </message>
    <message>
        <source>Load this model</source>
        <translation>加载此模型</translation>
    </message>
    <message>
        <source>Work with the longer model on every page</source>
        <translation>在每个页面使用这个更长的模型</translation>
    </message>
    <message>
        <source>Show folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>A copy of the model reads longer texts for a while with its positions stretched; the model itself stays as it is. Stop keeps what is trained.</source>
        <translation>模型的一个副本在拉伸的位置上阅读一段时间更长的文本；模型本身保持不变。停止会保留已训练的部分。</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>Keys found before and after</source>
        <translation>训练前后找到的密码</translation>
    </message>
    <message>
        <source>Before: the positions are stretched and nothing is trained yet.</source>
        <translation>训练前：位置已拉伸，尚未训练。</translation>
    </message>
    <message>
        <source>before</source>
        <translation>之前</translation>
    </message>
    <message>
        <source>after</source>
        <translation>之后</translation>
    </message>
    <message>
        <source>start</source>
        <translation>开头</translation>
    </message>
    <message>
        <source>end</source>
        <translation>结尾</translation>
    </message>
    <message>
        <source>Save…</source>
        <translation>保存…</translation>
    </message>
    <message>
        <source>Save what is trained…</source>
        <translation>保存已训练的部分…</translation>
    </message>
    <message>
        <source>Write the copy, with its scaling, into a folder; nothing is trained again</source>
        <translation>将副本连同其缩放写入文件夹；不会重新训练</translation>
    </message>
    <message>
        <source>each step</source>
        <translation>每一步</translation>
    </message>
    <message>
        <source>mean of {n}</source>
        <translation>{n} 步平均</translation>
    </message>
    <message>
        <source>step</source>
        <translation>步</translation>
    </message>
    <message>
        <source>loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>nats per token</source>
        <translation>奈特/token</translation>
    </message>
    <message>
        <source>{method} at {factor}×; step {step} of {all}, {tokens} tokens read in {time}</source>
        <translation>{method}，{factor}×；第 {step} / {all} 步，{time} 内读了 {tokens} 个 token</translation>
    </message>
    <message>
        <source>{n} tokens/s</source>
        <translation>{n} token/秒</translation>
    </message>
    <message>
        <source>about {time} left</source>
        <translation>约剩 {time}</translation>
    </message>
    <message>
        <source>not measured yet</source>
        <translation>尚未测量</translation>
    </message>
    <message>
        <source>{n} of {all} keys found; 95 % interval {low} … {high}</source>
        <translation>{all} 个密码找到 {n} 个；95 % 区间 {low} … {high}</translation>
    </message>
    <message>
        <source>{a} of the keys before ({low} … {high}), {b} after ({least} … {most}), at {tokens} tokens (n = {n})</source>
        <translation>在 {tokens} 个 token 处：训练前找到 {a} 的密码（{low} … {high}），训练后 {b}（{least} … {most}），n = {n}</translation>
    </message>
    <message>
        <source>{n} of {all} steps are trained and kept: Resume goes on from there, and what is trained can be saved as a model (stretched {factor} times so far).</source>
        <translation>已训练并保留 {n} 步，共 {all} 步：“继续”从此处接着训练，已训练的部分可保存为模型（目前拉伸 {factor} 倍）。</translation>
    </message>
    <message>
        <source>Trained and kept; not saved as a model yet.</source>
        <translation>已训练并保留；尚未保存为模型。</translation>
    </message>
    <message>
        <source>Saved in {folder} ({size}); read back: {same}</source>
        <translation>已保存到 {folder}（{size}）；读回校验：{same}</translation>
    </message>
    <message>
        <source>bit for bit the trained model</source>
        <translation>与训练所得模型逐位相同</translation>
    </message>
    <message>
        <source>logits differ by {n} at most</source>
        <translation>logits 最多相差 {n}</translation>
    </message>
    <message>
        <source>An adapter alone: peft loads it beside its base model.</source>
        <translation>仅适配器：由 peft 在其基础模型旁加载。</translation>
    </message>
</context>
<context>
    <name>TwoStatesView</name>
    <message>
        <source>Compare</source>
        <translation>比较</translation>
    </message>
    <message>
        <source>The other state or model</source>
        <translation>另一种状态或模型</translation>
    </message>
    <message>
        <source>difference</source>
        <translation>差异</translation>
    </message>
    <message>
        <source>side by side</source>
        <translation>并排</translation>
    </message>
    <message>
        <source>Differences of all layers and heads</source>
        <translation>所有层和头的差异</translation>
    </message>
    <message>
        <source>Difference of the weights</source>
        <translation>权重的差异</translation>
    </message>
    <message>
        <source>Weights of the first state</source>
        <translation>第一种状态的权重</translation>
    </message>
    <message>
        <source>Weights of the second state</source>
        <translation>第二种状态的权重</translation>
    </message>
    <message>
        <source>The same tokens through two states: divergence (Jensen-Shannon, 0 … 1 bit) per head, and second minus first cell by cell.</source>
        <translation>同样的 token 经过两种状态：每个头的散度（Jensen-Shannon，0 … 1 比特），以及逐单元格的第二减第一。</translation>
    </message>
    <message>
        <source>Compare with {state}</source>
        <translation>与 {state} 比较</translation>
    </message>
    <message>
        <source>weight, second − first</source>
        <translation>权重，第二 − 第一</translation>
    </message>
    <message>
        <source>{head}  divergence {d} bits</source>
        <translation>{head}  散度 {d} 比特</translation>
    </message>
    <message>
        <source>Point at a cell for both weights.</source>
        <translation>指向单元格查看两个权重。</translation>
    </message>
    <message>
        <source>query {i} → key {j}: {a} → {b}  ({d})</source>
        <translation>查询 {i} → 键 {j}：{a} → {b}（{d}）</translation>
    </message>
    <message>
        <source>{head}: divergence {d} bits</source>
        <translation>{head}：散度 {d} 比特</translation>
    </message>
</context>
<context>
    <name>VerdictsView</name>
    <message>
        <source>{n} more pairs are in the table below.</source>
        <translation>下表中还有 {n} 对。</translation>
    </message>
    <message>
        <source>{name} is right on {share:.0f} % of {n} items ({low:.0f} to {high:.0f} %).</source>
        <translation>{name} 在 {n} 题中答对 {share:.0f}%（{low:.0f} 至 {high:.0f}%）。</translation>
    </message>
    <message>
        <source>Nothing can be compared yet.</source>
        <translation>目前还没有可以比较的内容。</translation>
    </message>
</context>
<context>
    <name>VoteStrip</name>
    <message>
        <source>Votes</source>
        <translation>投票</translation>
    </message>
    <message>
        <source>{n} of {all} paths; sum of their probabilities {w:.2f}</source>
        <translation>{all} 条路径中的 {n} 条；概率之和 {w:.2f}</translation>
    </message>
    <message>
        <source>×{n} · {w:.2f}</source>
        <translation>×{n} · {w:.2f}</translation>
    </message>
    <message>
        <source>{n} of {all} paths in</source>
        <translation>已完成 {n}/{all} 条路径</translation>
    </message>
    <message>
        <source>{n} of {all} agree</source>
        <translation>{all} 条中有 {n} 条一致</translation>
    </message>
    <message>
        <source>stopped early after {n} of {all}</source>
        <translation>完成 {n}/{all} 条后提前停止</translation>
    </message>
    <message>
        <source>{n} without an answer</source>
        <translation>{n} 条没有答案</translation>
    </message>
    <message>
        <source>by probability {answer} would win</source>
        <translation>按概率则 {answer} 胜出</translation>
    </message>
    <message>
        <source>by majority {answer} would win</source>
        <translation>按多数则 {answer} 胜出</translation>
    </message>
    <message>
        <source>{n} more answers</source>
        <translation>另有 {n} 种答案</translation>
    </message>
    <message>
        <source>Show path {n}</source>
        <translation>显示路径 {n}</translation>
    </message>
</context>
<context>
    <name>VotesView</name>
    <message>
        <source>Votes and stability</source>
        <translation>投票与稳定性</translation>
    </message>
    <message>
        <source>Technique</source>
        <translation>技术</translation>
    </message>
    <message>
        <source>Stability</source>
        <translation>稳定性</translation>
    </message>
    <message>
        <source>Share of an item&apos;s samples that give its most frequent answer, mean</source>
        <translation>同一题的样本中给出最常见答案的比例，平均值</translation>
    </message>
    <message>
        <source>Answers per item</source>
        <translation>每题答案数</translation>
    </message>
    <message>
        <source>Different readable answers, mean</source>
        <translation>可读出的不同答案数，平均值</translation>
    </message>
    <message>
        <source>One sample</source>
        <translation>单个样本</translation>
    </message>
    <message>
        <source>Accuracy of single samples: one path</source>
        <translation>单个样本的准确率：一条路径</translation>
    </message>
    <message>
        <source>Vote</source>
        <translation>投票</translation>
    </message>
    <message>
        <source>Accuracy of the votes&apos; winners</source>
        <translation>投票胜出答案的准确率</translation>
    </message>
    <message>
        <source>Left out</source>
        <translation>省去</translation>
    </message>
    <message>
        <source>Samples that a settled vote did not need any more</source>
        <translation>投票已定后不再需要的样本</translation>
    </message>
    <message>
        <source>1 − stability is how often another sample would have said something else.</source>
        <translation>1 − 稳定性：换一个样本会给出不同答案的频率。</translation>
    </message>
    <message>
        <source>{items} items with several samples, {votes} votes</source>
        <translation>{items} 题有多个样本，{votes} 次投票</translation>
    </message>
</context>
<context>
    <name>WeightsView</name>
    <message>
        <source>Layers</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Free all</source>
        <translation>全部放开</translation>
    </message>
    <message>
        <source>Let the rule decide about every layer again</source>
        <translation>让分配规则重新决定每一层</translation>
    </message>
    <message>
        <source>layers</source>
        <translation>按层</translation>
    </message>
    <message>
        <source>matrices</source>
        <translation>按矩阵</translation>
    </message>
    <message>
        <source>Sensitivity</source>
        <translation>敏感度</translation>
    </message>
    <message>
        <source>Predicted relative squared error, from one sort of the scores; ticks: where the rows stand. Click a cell to measure it.</source>
        <translation>预测的相对平方误差，由一次得分排序得出；竖线：各行的当前位置。点击格子可实测。</translation>
    </message>
    <message>
        <source>matrix</source>
        <translation>矩阵</translation>
    </message>
    <message>
        <source>layer</source>
        <translation>层</translation>
    </message>
    <message>
        <source>share of zeros</source>
        <translation>零的比例</translation>
    </message>
    <message>
        <source>of the squared output</source>
        <translation>（占输出平方）</translation>
    </message>
    <message>
        <source>measured: {rise} nats per token, {n} windows</source>
        <translation>实测：{rise} 奈特/token，{n} 个窗口</translation>
    </message>
    <message>
        <source>Stop measuring</source>
        <translation>停止测量</translation>
    </message>
    <message>
        <source>Measure each layer</source>
        <translation>逐层测量</translation>
    </message>
    <message>
        <source>Cut each layer alone, as far as it is cut now, and measure the loss</source>
        <translation>单独剪每一层（按现在的比例），测量损失</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Measure curves</source>
        <translation>测量曲线</translation>
    </message>
    <message>
        <source>Start the slider</source>
        <translation>启用滑块</translation>
    </message>
    <message>
        <source>Layers and their sensitivity appear with it.</source>
        <translation>启动后显示各层及其敏感度。</translation>
    </message>
    <message>
        <source>The slider keeps a copy of the model, its dense weights and their ranks: about {size}.</source>
        <translation>滑块要保留模型的一个副本、稠密权重及其排名：约 {size}。</translation>
    </message>
    <message>
        <source>Free all layers</source>
        <translation>放开所有层</translation>
    </message>
</context>
<context>
    <name>Why</name>
    <message>
        <source>Example {n}</source>
        <translation>示例 {n}</translation>
    </message>
    <message>
        <source>{name} ({reason}, {n} of {total} questions)</source>
        <translation>{name}（{reason}，{total} 个问题中的 {n} 个）</translation>
    </message>
    <message>
        <source>{name} ({reason})</source>
        <translation>{name}（{reason}）</translation>
    </message>
    <message>
        <source>Left out: {names}</source>
        <translation>未纳入：{names}</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>states its own knowledge</source>
        <translation>自行陈述知识</translation>
    </message>
    <message>
        <source>several answers vote</source>
        <translation>由多个回答投票</translation>
    </message>
    <message>
        <source>scores labels</source>
        <translation>为标签打分</translation>
    </message>
    <message>
        <source>asks in two stages</source>
        <translation>分两个阶段提问</translation>
    </message>
    <message>
        <source>path {k} of {n}</source>
        <translation>第 {k} 条路径，共 {n} 条</translation>
    </message>
    <message>
        <source>{name}: a path that voted for the winner ({paths})</source>
        <translation>{name}：投票给胜出答案的一条路径（{paths}）</translation>
    </message>
    <message>
        <source>Leave one out</source>
        <translation>留一法</translation>
    </message>
    <message>
        <source>Attention</source>
        <translation>注意力</translation>
    </message>
    <message>
        <source>Gradient × input</source>
        <translation>梯度 × 输入</translation>
    </message>
    <message>
        <source>Log-probability of the answer with the part minus without it, nats per token.
Positive: the part helps. Negative: it harms. This is the causal measure.</source>
        <translation>有该部分与没有该部分时回答的对数概率之差，奈特/token。
正：有帮助；负：有害。这是因果度量。</translation>
    </message>
    <message>
        <source>Share of the attention of the positions that predict the answer, mean of all heads and layers.
Attention is not an explanation.</source>
        <translation>预测回答的各位置的注意力占比，对所有头和层取平均。
注意力不是解释。</translation>
    </message>
    <message>
        <source>Gradient times embedding, nats per token: a first-order guess that is near zero where the model is certain.</source>
        <translation>梯度乘以嵌入，奈特/token：一阶近似，在模型很确定时接近零。</translation>
    </message>
    <message>
        <source>{mean} (95 % {low} … {high}, n = {n})</source>
        <translation>{mean}（95% {low} … {high}，n = {n}）</translation>
    </message>
    <message>
        <source>one question</source>
        <translation>仅一题</translation>
    </message>
    <message>
        <source>95 % {low} to {high}, {n} questions</source>
        <translation>95% {low} 至 {high}，{n} 题</translation>
    </message>
    <message>
        <source>{measure} · {model} · {dtype} · {device} · n = {n}</source>
        <translation>{measure} · {model} · {dtype} · {device} · n = {n}</translation>
    </message>
    <message>
        <source>{part} harms: without it the answer gains {gain} nats per token ({sure}).</source>
        <translation>有害的是{part}：去掉它，回答每 token 增加 {gain} 奈特（{sure}）。</translation>
    </message>
    <message>
        <source>No part harms for sure. {part} helps most: {gain} nats per token ({sure}).</source>
        <translation>没有确定有害的部分。帮助最大的是{part}：每 token {gain} 奈特（{sure}）。</translation>
    </message>
    <message>
        <source>No part of this prompt can be left out.</source>
        <translation>此提示词没有可以去掉的部分。</translation>
    </message>
    <message>
        <source>Attention rollout</source>
        <translation>注意力展开（rollout）</translation>
    </message>
    <message>
        <source>Share of the attention that reaches a part when it is followed through all layers (Abnar &amp; Zuidema 2020).
Attention is not an explanation.</source>
        <translation>沿所有层追踪时到达该部分的注意力占比（Abnar 与 Zuidema 2020）。
注意力不等于解释。</translation>
    </message>
    <message>
        <source>From {worst} to {best} nats per token, median {middle}: the same questions, the same examples.</source>
        <translation>每 token 从 {worst} 到 {best} 奈特，中位数 {middle}：题目相同，示例相同。</translation>
    </message>
</context>
<context>
    <name>WhyPage</name>
    <message>
        <source>Why</source>
        <translation>归因</translation>
    </message>
    <message>
        <source>What in the prompt made the answer, measured token by token.</source>
        <translation>提示词中的什么造就了回答，逐 token 测量。</translation>
    </message>
    <message>
        <source>Explain</source>
        <translation>解释</translation>
    </message>
    <message>
        <source>Measure what is chosen at the left</source>
        <translation>测量左侧所选内容</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Run the demonstration</source>
        <translation>运行演示</translation>
    </message>
    <message>
        <source>Few-shot examples of which one is wrong</source>
        <translation>少样本示例，其中一个是错的</translation>
    </message>
    <message>
        <source>Parts</source>
        <translation>各部分</translation>
    </message>
    <message>
        <source>Swap</source>
        <translation>交换</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>顺序</translation>
    </message>
    <message>
        <source>States</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Which element or example did it: each is left out once.</source>
        <translation>是哪个要素或示例起了作用：逐一去掉。</translation>
    </message>
    <message>
        <source>Each technique&apos;s answer, read under every other&apos;s prompt.</source>
        <translation>把每种技巧的回答放到其他技巧的提示词下读取。</translation>
    </message>
    <message>
        <source>The same examples in other orders: how much is chance?</source>
        <translation>同样的示例换个顺序：有多少是偶然？</translation>
    </message>
    <message>
        <source>The model as it is against its 4-bit and 8-bit loads.</source>
        <translation>原模型与其 4 位、8 位加载的比较。</translation>
    </message>
    <message>
        <source>Explain measures the chosen comparison; or see how a wrong example shows.</source>
        <translation>“解释”会测量所选的对比；也可以看看错误示例如何显现。</translation>
    </message>
    <message>
        <source>Run a comparison first, or see how a wrong example among few shows.</source>
        <translation>先运行一次对比，或看看少样本中的错误示例如何显现。</translation>
    </message>
</context>
</TS>
